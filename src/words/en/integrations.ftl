### The integrations page, what jobs are called there, and what operators are told of the machinery.

integration-title = Integrations
integration-lead = What leaves, what comes in, and whether it flows.
integration-open-wall = The database does not keep partners apart by itself: the portal’s PostgreSQL user is a superuser or has BYPASSRLS. Give it a user of its own that has neither.
integration-open-schema = The portal’s PostgreSQL user may change the schema, and so take away what keeps the books and the audit log from being changed, and the partners apart. Give the schema to another user with DATABASE_OWNER_URL.
integration-plain-hosts = Others may read along: without TLS, or without a certificate that was checked, the portal may speak to { $hosts }. Take them out of the setting PLAIN_INTERNAL_HOSTS once they speak TLS.
integration-column-system = System
integration-column-last-success = Last success
integration-column-waiting = Waiting
integration-column-failed = Failed
integration-column-state = State
integration-hubspot = HubSpot
integration-xero = Xero
integration-slack = Slack
integration-mail = Mail
integration-scanner = Virus scanner
integration-books = Background work
integration-state-healthy = Healthy
integration-state-retrying = Retrying
integration-failed-title = Failed deliveries
integration-failed-column-what = What
integration-failed-column-error = Last answer
integration-failed-column-attempts = Attempts
integration-failed-column-since = Since
integration-failed-empty = Nothing has failed.
integration-retry = Retry
integration-next-attempt = Next attempt at { $time }
integration-state-unused = Not used yet
integration-sweep = Read everything now
integration-column-last-failure = Last failure
integration-column-last-webhook = Last webhook
integration-column-last-sweep = Last sweep
integration-failed-empty-title = Everything goes through
job-register_lead = Register a lead in HubSpot
job-check_company = Look for a client’s other companies
job-take_over_deal = Take a deal over for a partner
job-read_deal = Read a deal
job-sweep_deals = Look for changed deals
job-check_deals = Compare all deals
job-read_stages = Read the pipelines
job-set_up_hubspot = Set HubSpot up: properties, pipelines and currencies
job-read_owners = Read the account owners
job-work_inbox = Work off a webhook
job-work_event = Read an event of a webhook
job-read_invoice = Read an invoice
job-read_credit = Read a credit note
job-sweep_invoices = Look for changed invoices
job-sweep_money = Look for moved payments
job-read_contact = Read a contact
job-check_contacts = Look whether contacts were merged
job-check_invoices = Compare all invoices
job-reconcile_deal = Reconcile a deal
job-accrue_lines = Move lines on with the calendar
job-create_bill = Enter a bill in Xero
job-read_accounts = Read the accounts and tax rates
job-attach_files = Put the files of a bill beside it in Xero
job-announce_statement = Announce a statement
job-announce_carried = Say what was carried over
job-send_mail = Send a mail
job-tell_exceptions = Tell staff of new cases
job-begin_digests = Begin the daily mails
job-mail_link = Mail a link to sign in with
job-send_digest = Send a daily mail
job-post_slack = Post a Slack message
job-recompute_lines = Compute all lines again
job-clean_up = Clean up
integration-inbox = Webhooks received
integration-oldest = oldest: { $ago }
integration-hubspot-lead = Leads go there, and what becomes of their deals comes from there.
integration-xero-lead = Partners’ bills go there, and what clients are billed and pay comes from there.
integration-slack-lead = Messages to your own people and to partners.
integration-mail-lead = Mails to partners, their teams and your own people.
integration-scanner-lead = Looks at every file that a partner hands in, before it is kept. PORTAL_VIRUS_SCANNER says where it is; without that nothing looks for viruses.
integration-inbox-lead = What vendors sent, on its way to being followed up.
integration-books-lead = What the portal does by itself: reconciliation, lines, announcements.
integration-state-waiting = Asked to wait
integration-state-down = Does not answer
integration-state-held = Connection broken
integration-state-paused = Paused
integration-held-title = { $system } does not accept our credentials.
integration-held =
    { $count ->
        [0] Since { $since }. Nothing waits. Renew the token or its permissions, then resume; once a minute the portal finds out by itself with whatever is next.
        [one] Since { $since }. Nothing was lost: one delivery waits and uses up no tries. Renew the token or its permissions, then resume; once a minute the portal finds out by itself.
       *[other] Since { $since }. Nothing was lost: { $count } deliveries wait and use up no tries. Renew the token or its permissions, then resume; once a minute the portal finds out by itself.
    }
integration-down-title = { $system } does not answer.
integration-down =
    { $count ->
        [0] Since { $since }. Nothing waits. There is nothing to do but wait: once a minute the portal finds out with whatever is next whether it is back.
        [one] Since { $since }. Nothing was lost: one delivery waits. There is nothing to do but wait: once a minute the portal finds out whether it is back, and resumes by itself.
       *[other] Since { $since }. Nothing was lost: { $count } deliveries wait. There is nothing to do but wait: once a minute the portal finds out whether it is back, and resumes by itself.
    }
integration-down-scanner = Since { $since }. Until it answers no file is taken, and whoever hands one in is asked to come again later. Look whether clamd runs, and where PORTAL_VIRUS_SCANNER says; once a minute the portal finds out whether it is back.
integration-waiting-title = { $system } asks for fewer calls.
integration-waiting = Nothing is sent until { $until }; then it goes on by itself. Deliveries waiting: { $count }.
integration-paused-title = { $system } is paused.
integration-paused = { $person } paused it, { $since }. Deliveries waiting: { $count }. They go out when somebody resumes.
integration-paused-reason = Reason: { $text }
integration-said = Its last answer: { $text }
integration-resume = Resume
integration-pause-title = Pause { $system }
integration-pause-reason = Reason
integration-pause-hint = Nothing is sent until somebody resumes; nothing is lost. The reason stands here and in the audit log.
integration-pause-submit = Pause
integration-failed-all = { $system }: all { $count }
integration-failed-waiting = Waiting for a person
integration-failed-aside = Set aside
integration-failed-none-title = Nothing here
integration-failed-none = Nothing is left of it.
integration-retrying-title = Failed, and tried again by itself
integration-aside = Set this aside
integration-aside-all = Set aside all that failed
integration-aside-hint = For what nothing will come of any more. It is kept with its tries and can still be tried again. The reason stands here and in the audit log.
integration-aside-submit = Set aside
integration-aside-said = { $person } set it aside on { $when }: { $text }
integration-aside-replaced = A later one that asked for the same took its place on { $when }.
integration-job-aside = Set aside
integration-retry-all = Retry all that failed
integration-facts = Facts
integration-job-about = About
integration-job-waiting = Will be tried again
integration-job-running = Running
integration-job-done = Done
integration-job-dead = Given up
integration-job-webhook = What was sent
integration-job-message = The message
integration-tries-title = Tries
integration-tries-empty = No try has failed.
integration-try-failed = Failed
integration-try-waited = Put off, not counted
integration-try-lost = Lost with its worker
integration-webhooks-title = Last webhooks
integration-webhooks-empty-title = None yet
integration-webhooks-empty = Without webhooks the portal learns of changes by its sweeps, minutes later. Check the address and the secret at the vendor.
integration-webhooks-column-received = Received
integration-webhooks-column-events = Contents
integration-webhooks-column-state = State
integration-bytes =
    { $bytes ->
        [one] One byte
       *[other] { $bytes } bytes
    }
integration-events =
    { $count ->
        [one] One event
       *[other] { $count } events
    }{ $faults ->
        [0] {""}
       *[other] , { $faults } not readable
    }
integration-note-waiting = Waiting
integration-note-worked = Followed up
integration-note-faults = Partly readable
integration-replay = Replay
integration-replayed = replayed { $ago }
integration-refused-signature = Refused in the last seven days for a wrong signature: { $count }, last { $ago }.
integration-refused-unsigned = Refused without a signature: { $count }, last { $ago }.
integration-refused-large = Refused because larger than 512 KB: { $count }, last { $ago }.
integration-refused-late = Refused because too old: { $count }, last { $ago }.
integration-waits = Waits its turn
integration-version = Version of the interface
integration-version-until = answered until { $date } at least
integration-version-soon = Ends soon
job-check_slack = Ask Slack whether it still knows the portal
job-check_mail = Greet the mail server
job-check_scanner = See whether the virus scanner answers
integration-budget = Calls left today
integration-budget-of = of { $most }
job-watch_over = Look whether anything is stuck
alert-button = Open the integrations page
alert-held-subject = { $system } does not accept the portal’s credentials
alert-held = { $system } does not accept the portal’s credentials. Nothing is lost: what is to be sent waits. Renew the token or its permissions, then resume.
alert-held-over-subject = { $system } accepts the portal’s credentials again
alert-held-over = { $system } accepts the portal’s credentials again. What waited is going out.
alert-down-subject = { $system } does not answer
alert-down = { $system } does not answer. Nothing is lost: what is to be sent waits, and the portal finds out by itself when it is back.
alert-down-scanner = The virus scanner does not answer, so no file is taken: partners who hand in the PDF of an invoice are asked to come again later. Look whether clamd runs, and where PORTAL_VIRUS_SCANNER says; the portal finds out by itself when it is back.
alert-down-over-subject = { $system } answers again
alert-down-over = { $system } answers again. What waited is going out.
alert-down-over-scanner = The virus scanner answers again. Files are taken again.
alert-dead-subject = Failed for good: { $system }
alert-dead = { $system }: something was tried for the last time and waits for a person. The page says what and why; there it is tried again or set aside.
alert-dead-more-subject = More has failed for good: { $system }
alert-dead-more = { $system }: more was tried for the last time since this was told, and waits for a person. The page says what and why; there it is tried again or set aside.
alert-dead-over-subject = Nothing failed is left: { $system }
alert-dead-over = { $system }: nothing that failed is left.
alert-silent-subject = { $system } sends no webhooks any more
alert-silent = Something changed in { $system }, and no webhook told of it or of anything since: a sweep found it. Changes still arrive by the sweeps, minutes later. Check the subscription, the address and the secret there.
alert-silent-over-subject = { $system } sends webhooks again
alert-silent-over = { $system } sends webhooks again.
alert-limited-subject = { $system } takes no calls until { $until }
alert-limited = { $system } has wanted fewer calls for half an hour, and what is to be sent waits until { $until }. Nothing is lost, and it goes on by itself; if it comes often, another app may be using up the account’s calls.
alert-limited-over-subject = { $system } takes calls again
alert-limited-over = { $system } takes calls again, or nothing waits for it any more.
alert-ending-subject = { $system } ends the interface that the portal speaks
alert-ending = { $system } answers the version { $version } of its interface until { $ends } at least. After that no lead gets there and no deal is read: install a newer version of the portal before, one that speaks a later one.
alert-ending-over-subject = The portal speaks a later version of { $system }
alert-ending-over = The portal speaks the version { $version } of { $system }, which is answered until { $ends } at least.
alert-refused-subject = Webhooks of { $system } are refused
alert-refused = What comes under the name of { $system } is not signed as the portal knows it, and nothing came for ten minutes that is. Either a secret was changed on one side only, or something in between changes what is sent, or it is somebody else. Compare the secret and the address there; changes still arrive by the sweeps.
alert-refused-relay = What comes under the name of the iPaaS is not signed as the portal knows it, and nothing came for ten minutes that is: its call-backs are lost until the flow signs with the portal’s secret again.
alert-refused-over-subject = Webhooks of { $system } are accepted again
alert-refused-over = Webhooks of { $system } are accepted again.

### What to do about what was given up, by how it failed, and where it matters by what it was.

advice-refused = { $system } will not take this as it is: put right there what its answer names, then try it again; or set it aside.
advice-refused-register_lead = HubSpot will not take the lead as it is, most often for a property that an administrator made required: make it optional or give it a default there, then try it again.
advice-refused-relay_lead = The iPaaS will not take the lead: look at its log for why, mend the flow, then try it again.
advice-refused-set_up_hubspot = HubSpot will not let the portal’s properties be made as they must be: delete or rename there what its answer names, then try it again.
advice-refused-create_bill = Xero will not take the bill as it is: put the account, currency or lock date right that its answer names, then try it again. Until then the partner is not paid.
advice-refused-send_mail = The mail server will not take this mail: ask whoever runs it about its answer, then try it again; or set it aside and tell the recipient in another way.
advice-refused-post_slack = Slack will not take the message: look whether the channel still exists, is not archived and has the app in it, then try it again; or set it aside.
advice-refused-follow_relay = What the iPaaS called back does not fit the lead, and trying it again changes nothing: mend the flow and have it call back again, then set this aside.
advice-not_found = What this is about is not in { $system } any more: set it aside, or bring it back there and try it again.
advice-not_found-post_slack = There is no such channel or member in Slack: choose another one on the page of the messages or with the partner’s details, then set this aside.
advice-not_found-relay_lead = Nobody takes leads at the address of the iPaaS: correct the address, then try it again.
advice-unreadable = { $system } has something here that the portal cannot read: put it right there, then try it again.
advice-unreadable-post_slack = It may have been posted: look into the channel and at what stands at the address, then try it again or set it aside.
advice-unreadable-work_inbox = This is no webhook that the portal knows, and trying it again changes nothing: what it tells of is found by the next sweep. Set it aside.
advice-unreadable-work_event = This is no event that the portal knows, and trying it again changes nothing: what it tells of is found by the next sweep. Set it aside.
advice-unreadable-follow_relay = What the iPaaS called back is not in the form of the guide: mend the flow and have it call back again, then set this aside.
advice-unreadable-create_bill = Xero has a bill that may be this one and cannot be read: put right there what the answer names, or void it, then try this again.
advice-missing_scope = Give the app in { $system } the scope that is named, connect it again under Connections, then try this again.
advice-missing_scope-set_up_hubspot = Leads are registered all the same. Give the app in HubSpot the scope that is named, connect it again under Connections, then try this again.
advice-credentials = Connect { $system } again under Connections, then try this again.
advice-no_answer = { $system } gave no answer to any try: look whether it works for you, then try it again.
advice-unsure = It may have been done, and no answer said so: trying it again looks first, and does nothing twice.
advice-unsure-post_slack = It may have been posted: look into the channel, then try it again or set it aside.
advice-unsure-send_mail = It may have been sent: trying it again may send it twice.
advice-unsure-relay_lead = The iPaaS may have the lead: trying it again sends the same message under the same id, which it must take as one.
advice-too_many = { $system } took no more calls: try it again later.
advice-ours = The portal itself stands against this: put right what is named, then try it again; where nothing helps, whoever looks after the portal must read this.
advice-ours-create_bill = The statement or another bill stands against this one: put right what is named, or withdraw the invoice, then try it again.
advice-broke = The work broke off each time, which is a fault of the portal’s: try it again once, and if that does not help tell whoever looks after the portal.

drift-title = Comparison
drift-lead-hubspot = All open and won deals, and those that were lost or removed of late, are read again every night and compared. What differs is read at once.
drift-lead-xero = All invoices and bills that can still change, and those of the last 90 days, are read again every night and compared. What differs is taken in at once.
drift-compare = Compare now
drift-none = Nothing differs
drift-open =
    { $count ->
        [one] One differs
       *[other] { $count } differ
    }
drift-compared = Compared
drift-goes-on = Going on now
drift-counts =
    { $compared ->
        [one] one read
       *[other] { $compared } read
    }, { $differed ->
        [0] none differed
        [one] one differed
       *[other] { $differed } differed
    }
drift-oldest = Longest not read
drift-column-what = What
drift-column-field = Field
drift-column-ours = Here
drift-column-theirs = There
drift-column-state = State
drift-found = To be read
drift-mended = Read since
drift-stays = Stays so
drift-field-unreadable = Cannot be read
drift-field-state = State
drift-field-name = Name
drift-field-pipeline = Pipeline
drift-field-stage = Stage
drift-field-owner = Owner
drift-field-modified_at = Changed
drift-field-status = Status
drift-field-number = Number
drift-field-reference = Reference
drift-field-contact = Contact
drift-field-date = Date
drift-field-due = Due date
drift-field-sub_total = Net
drift-field-total = Total
drift-field-paid = Paid
drift-field-prepaid = Prepaid
drift-field-credited = Credited
drift-field-due_amount = Still due

stages-title = Stages of HubSpot
stages-lead = What partners read of each stage, and where new deals start.
stages-webhooks = The app in HubSpot subscribes to deal.creation, deal.deletion, deal.restore, deal.merge, deal.associationChange and deal.propertyChange of { $properties }. What is not told is found by the sweep, some minutes later.
stages-set-up = Make the portal’s properties
stages-column-stage = Stage in HubSpot
stages-column-phase = Partners read
stages-column-first = New deals
stages-gone = Gone
stages-new = New
stages-first = Start here
stages-start-here = Start here
stages-phase-of = What partners read of { $stage }
stages-save = Save
stages-open = Stages of HubSpot
notice-phase-named = Partners read that from now on.
notice-first-stage-chosen = New deals start there.
notice-set-up-started = HubSpot is being set up; what fails is on the page of the integrations.
alert-button-accounts = Open the accounts for bills
alert-unfit-subject = { $system } would refuse the next bill
alert-unfit = The account or the tax that partners’ bills are to be booked under is archived or gone in { $system }, so that the next bill would be refused. Choose another one on the page of the accounts.
alert-unfit-over-subject = { $system } takes bills again
alert-unfit-over = What partners’ bills are booked under is in { $system } again.
