### What the portal says by itself, and where: the staff's page, and the tests of a place in Slack.

messages-title = Messages
messages-lead = What the portal says by itself, and where.
nav-messages = Messages

## Channels

channel-title = Your channels in Slack
channel-lead = A channel’s name with #, or its ID; leave it empty to hear nothing. The app must be in the channel.
channel-column-event = What
channel-column-channel = Channel
channel-column-test = Last test
channel-none = none
channel-save = Save
channel-language-title = Language of these channels
channel-language-lead = Partners are told in the language of their owner.
channel-event-lead_new = New lead
channel-event-lead_new-what = A partner submitted it, and it is being registered.
channel-event-lead_review = Lead to review
channel-event-lead_review-what = A person must decide on it.
channel-event-deal_without_lead = Deal without a lead
channel-event-deal_without_lead-what = A lead was withdrawn while its deal was being made.
channel-event-dispute = Disputed line
channel-event-dispute-what = A partner asks about a line, or writes back.
channel-event-exceptions = New cases
channel-event-exceptions-what = What does not fit, together every few minutes.
channel-event-bill_differs = Bill differs
channel-event-bill_differs-what = A partner’s bill does not agree with its statement.
channel-event-alert = Machinery
channel-event-alert-what = A system is not reached, or something was given up; and when that is over.
notice-channel-saved = Saved.

## Tests

slack-test = Test from the partner portal
slack-test-text = Messages of this kind arrive here: { $what }.
slack-test-partner = The messages for { $partner } arrive here.
slack-test-send = Send a test
slack-test-none = Not tested yet
slack-test-asked = Sent; Slack has not answered yet.
slack-test-posted = It arrived
slack-test-refused = Slack refused it
notice-test-asked = The test is on its way. What Slack says stands here in a few seconds.
slack-said-channel_not_found = There is no such channel, or it is private and the app is not in it. Invite the app, then test again.
slack-said-not_in_channel = The app is not in this channel. Invite it there (/invite), then test again.
slack-said-is_archived = The channel is archived. Choose another one.
slack-said-channel_is_archived = The channel is archived. Choose another one.
slack-said-users_not_found = Nobody in the workspace has this mail address.
slack-said-user_not_found = Nobody in the workspace has this mail address.
slack-said-invalid_auth = Slack does not accept the app’s token. The portal’s operators must mend that.
slack-said-not_authed = Slack does not accept the app’s token. The portal’s operators must mend that.
slack-said-token_revoked = The app’s token was revoked. The portal’s operators must mend that.
slack-said-token_expired = The app’s token has expired. The portal’s operators must mend that.
slack-said-account_inactive = The app was removed from the workspace. The portal’s operators must mend that.
slack-said-missing_scope = The app lacks a permission in Slack. The portal’s operators must mend that.
slack-said-restricted_action = The workspace does not let the app post there.
slack-said-action_prohibited = The workspace does not let this webhook post.
slack-said-no_service = This webhook does not exist any more. Make a new one in Slack and paste it.
slack-said-no_active_hooks = This webhook was switched off. Make a new one in Slack and paste it.
slack-said-ratelimited = Slack asks us to slow down; it is tried again by itself.
slack-said-other = Slack’s word: { $said }

## Addresses that do not take mail

messages-tab-channels = Slack channels
messages-tab-templates = Templates
messages-tab-bounces = Returned mails
messages-tabs = What the portal says
bounce-title = Addresses that do not take mail
bounce-lead = Nothing that can be done without is sent there until the address is changed. Links to sign in are tried all the same.
bounce-column-address = Address
bounce-column-said = What its mail server said
bounce-column-mail = The mail
bounce-column-since = Since
bounce-again = Write to it again
bounce-none-title = Every mail was taken
bounce-none = No address has refused a mail.
bounce-pill = Mails come back
notice-address-good = What comes next is sent to this address again.

## Templates

template-title = Every text that leaves
template-lead = With made-up things, written as the real ones are.
template-mails = Mails
template-slack = Slack
template-webhooks = Webhooks to an iPaaS
template-webhook-lead-created = New lead
template-webhook-portal-test = Test
template-webhook-what = The body, as JSON. It is signed, and goes out under an id that is the same on every try.
template-subject = Subject
template-light = In a light mail program
template-dark = In a dark one
template-text = As plain text
template-fallback = In notifications
template-language = Language
template-mail-sign-in = Link to sign in
template-mail-proof-add_passkey = Passkey added
template-mail-proof-remove_passkey = Passkey removed
template-mail-proof-add_authenticator = App set up
template-mail-proof-remove_authenticator = App removed
template-mail-proof-make_recovery_codes = New recovery codes
template-mail-proof-use_recovery_code = Recovery code used
template-mail-proof-fail_sign_in = Wrong codes typed
template-mail-proofs-reset = Sign-in reset
template-mail-invitation = Invitation
template-mail-welcome = New colleague
template-mail-lead-accepted = Lead accepted
template-mail-lead-review = Lead in review
template-mail-lead-rejected = Lead rejected
template-mail-lead-taken-over = Deal taken over
template-mail-dispute-answered = Question answered
template-mail-dispute-resolved = Question settled
template-mail-statement = Statement
template-mail-carried = Carried over
template-mail-bill-paid = Invoice paid
template-mail-bill-undone = Payment taken back
template-mail-bill-voided = Invoice voided
template-mail-bill-not-made = Invoice not booked
template-mail-bill-differs = Invoice differs
template-mail-bill-credited = Invoice credited
template-mail-digest = Daily mail
template-mail-letter = Mail that somebody typed
template-slack-won = Deal won
template-slack-statement = Statement
template-slack-lead_new = New lead
template-slack-lead_review = Lead to review
template-slack-deal_without_lead = Deal without a lead
template-slack-dispute-opened = Line disputed
template-slack-dispute-answered = Partner wrote back
template-slack-exceptions = New cases
template-slack-bill_differs = Bill differs
template-slack-test = Test of a channel
template-alerts-mail = Machinery, by mail
template-alerts-slack = Machinery, in Slack
