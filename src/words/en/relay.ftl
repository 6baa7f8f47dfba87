### The way through an iPaaS: choosing it, its secrets, what was sent there and what it called back.

integration-relay = iPaaS
integration-relay-lead = Patchworks, Zapier, n8n, Make or one of your own: it can make company, contact and deal in HubSpot in the portal’s place.
job-relay_lead = Hand a lead to the iPaaS
job-test_relay = Send a test to the iPaaS
job-follow_relay = Follow what the iPaaS called back
integration-held-title-relay = The iPaaS does not take what the portal sends.
integration-held-relay =
    { $count ->
        [0] Since { $since }. Nothing waits. Its address is switched off (410), or it does not know the signing secret: put that right there or choose another address here, then resume. Once a minute the portal finds out by itself with whatever is next.
        [one] Since { $since }. Nothing was lost: one delivery waits and uses up no tries. The address is switched off (410), or the iPaaS does not know the signing secret: put that right there or choose another address here, then resume.
       *[other] Since { $since }. Nothing was lost: { $count } deliveries wait and use up no tries. The address is switched off (410), or the iPaaS does not know the signing secret: put that right there or choose another address here, then resume.
    }
alert-held-relay = The iPaaS does not take what the portal sends: its address is switched off, or it does not know the signing secret. Nothing is lost: what is to be sent waits.
alert-late-subject = { $system } does not call back
alert-late = { $system } took leads and has not called back for too long, so that they are not in HubSpot as far as the portal knows. Look at its runs there; on the page each lead can be sent once more, under the same id.
alert-late-over-subject = { $system } called back
alert-late-over = { $system } called back: no lead waits for it any more.

relay-callback = The iPaaS calls back at { $url }.
relay-guide = How to build the other end
relay-choice = How leads come to HubSpot
relay-unsent =
    { $count ->
        [0] No accepted lead waits to be handed over.
        [one] One accepted lead is with nobody outside yet: it goes the way that you choose.
       *[other] { $count } accepted leads are with nobody outside yet: they go the way that you choose.
    }
relay-way = Leads go
relay-way-hint = What was handed over one way never goes the other way, too.
relay-way-direct = Directly to HubSpot
relay-way-relay = Through an iPaaS
relay-address = Address of the iPaaS
relay-address-hint = Begins with https:// and leads to the internet; the portal calls no address of a private network, and follows no redirect.
relay-changes = What becomes of deals is told
relay-changes-hint = Counts while leads go through an iPaaS. By the iPaaS alone: the portal does not call HubSpot at all.
relay-changes-hubspot = By HubSpot
relay-changes-relay = By the iPaaS alone
relay-wait = Minutes until a missing call-back is told
relay-wait-hint = So long an iPaaS may take for a lead before operators hear of it.
relay-save = Save
relay-secrets = Signing secrets
relay-secrets-what = Both directions are signed. Make a new one at any time: the one before it stays valid beside it until you drop it.
relay-secret-for = For
relay-secret-now = Valid
relay-secret-before = Valid beside it
relay-secret-outward = What the portal sends
relay-secret-inward = What the iPaaS calls back
relay-secret-new = New secret
relay-secret-drop = Drop the old one
relay-secret-new-outward = New secret for what the portal sends
relay-secret-new-outward-what = You see it only now: copy it into the iPaaS, which checks with it that a message is the portal’s. It holds once you press the button.
relay-secret-new-inward = New secret for what the iPaaS calls back
relay-secret-new-inward-what = You see it only now: copy it into the iPaaS, which signs its call-backs with it. It holds once you press the button.
relay-secret-keep = I have copied it: use it
relay-secret-leave = Leave all as it is
relay-test = Test
relay-test-what = A test event goes to the address, and what comes back stands here.
relay-test-send = Send a test event
relay-test-none = Nothing was tried with this address yet.
relay-test-asked = On its way
relay-test-taken = Taken ({ $status })
relay-test-not-taken = Not taken
relay-deliveries = Leads through the iPaaS
relay-deliveries-none = None yet
relay-deliveries-none-what = Leads that go through the iPaaS stand here, with what it called back.
relay-delivery = Delivery to HubSpot
relay-delivery-way = Goes
relay-delivery-answered = Last call-back
relay-delivery-company = HubSpot company
relay-delivery-lead = Lead
relay-delivery-sent = Taken
relay-delivery-state = State
relay-delivery-times =
    { $count ->
        [one] once
       *[other] { $count } times
    }
relay-state-waiting = To be sent
relay-state-unsure = Being sent
relay-state-accepted = Taken
relay-state-registered = Registered
relay-state-failed = Failed there
relay-state-withdrawn = Withdrawn
relay-waiting-since = waiting for the iPaaS since { $since }
relay-said = It said { $code }: { $text }
relay-resend = Send again
relay-resend-all = Send the leads of some days again
relay-resend-all-what = All leads that the iPaaS took on these days go out once more, each under the id that it had: whoever has it already does nothing twice.
relay-resend-from = First day
relay-resend-until = Last day
error-relay-address-invalid = Write a whole address that begins with https:// and names a host on the internet, such as https://hooks.example.com/portal.
error-relay-wait-invalid = Write a number of minutes from 1 to { $detail }.
error-relay-without-secrets = Make both signing secrets first: without them nobody could tell the portal’s messages from anybody else’s.
error-relay-secret-invalid = This is no secret of the portal’s: leave it as it was shown.
error-relay-drop-old-secret = Drop the old secret first: a third one would cut off whoever knows only the old one.
error-hubspot-not-used = That is asked of HubSpot, and as it stands everything comes by the iPaaS: choose who tells of deals first.
error-relay-no-old-secret = There is only one secret: it stays.
error-relay-no-address = Save the address of the iPaaS first.
error-relay-nothing-to-resend = Nothing of that went through the iPaaS.
notice-relay-chosen = Saved: leads go this way from now on.
notice-relay-secret-kept = The new secret holds. The one before it is valid until you drop it.
notice-relay-secret-dropped = Only the newest secret is valid now.
notice-relay-resent = On its way once more, under the same id.
audit-act-choose_relay = Chose how leads come to HubSpot
audit-act-keep_relay_secret = Made a signing secret of the iPaaS
audit-act-drop_relay_secret = Dropped an old signing secret of the iPaaS
audit-act-test_relay = Sent a test event to the iPaaS
audit-act-resend_lead = Sent a lead to the iPaaS again
audit-act-resend_leads = Sent leads of some days to the iPaaS again
exception-stage_unnamed = Stage without a name
exception-stage_unnamed-what = { $client }’s deal is in the stage { $message }, of which the portal knows nothing but this id.
exception-stage_unnamed-do = Say on the page of HubSpot’s stages what partners read of it. The deal is followed all the same.
