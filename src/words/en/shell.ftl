## The frame of every page

app-name = Partner portal
app-name-staff = Partner portal · Staff
page-title = { $title } · Partner portal
skip-link = Skip to content
menu-open = Menu
menu-close = Close menu
nav-label = Main
nav-home = Home
nav-leads = Leads
nav-commission = Commission
nav-statements = Statements
nav-company = Company
nav-today = Today
nav-lines = Lines
nav-reconciliation = Reconciliation
nav-quarter-close = Quarter close
nav-partners = Partners
nav-plans = Plans
nav-integrations = Integrations
nav-audit = Audit
nav-people = People
nav-group-money = Money
nav-group-system = System
breadcrumb = Breadcrumb
progress = Progress
language = Language
theme = Theme
theme-system = As the system
theme-light = Light
theme-dark = Dark
sign-out = Sign out
switch-partner = Switch company
staff-badge = Staff
sandbox-badge = Sandbox
sandbox-open = Open the sandbox: HubSpot, Xero, Slack, mails and the clock

## Living pages: whether the page hears of changes

live-connected = Updates by itself
live-reconnecting = Connecting again …
live-off = Reload the page to see changes.

## Buttons and words that many pages share

button-save = Save
button-cancel = Cancel
button-add = Add
button-edit = Edit
button-remove = Remove
button-search = Search
button-close = Close
button-send = Send
button-back = Back
button-continue = Continue
button-confirm = Confirm
button-retry = Try again
button-download = Download
button-more = More
button-sending = Sending …
button-not-now = Not now
filter-all = All
filter-reset = Show all
optional = (optional)
required-mark = required
required-note = Fields marked * are required.
choose = Choose …
yes = Yes
no = No
none = none
never = never
unknown = unknown
you = (you)
actions = Actions
total = Total
show-as-table = Show as a table
copy = Copy
copied = Copied

## Pages of a list

pagination-label = Pages
pagination-previous = Previous
pagination-next = Next
pagination-page = Page { $number }
pagination-range = { $from }–{ $to } of { $total }
list-nothing-found = Nothing matches “{ $query }”.
list-nothing-found-hint = Check the spelling, or show all.

## Signing in

sign-in-title = Sign in
sign-in-demo = This is the demo: choose who you are.
sign-in-demo-hint = No password, no account: the people below exist in the sandbox only.
sign-in-staff = Staff
sign-in-mail-title = By e-mail
sign-in-email = E-mail
sign-in-send = Send me a link
sign-in-link-hint = The link works once and for { $minutes } minutes.
sign-in-sent-title = Look into your mail
sign-in-sent = If the address has access, a link is on its way. It works once and for { $minutes } minutes.
sign-in-sent-hint = Nothing there after two minutes? Look into the spam folder, or have another one sent.
sign-in-again = Send another link
sign-in-confirm-title = You are about to sign in
sign-in-confirm = Signing in as { $email }.
sign-in-confirm-button = Sign in
sign-in-signed-out = You are signed out.
sign-in-needed = Sign in to see this page.
sign-in-no-access = This address has access to no company. Ask the owner of your company for an invitation.

## Pages that say why there is no page

error-page-not-found-title = There is nothing here
error-page-not-found = The address may be old, or belong to another company. Nothing of yours is lost.
error-page-forbidden-title = This is not open to you
error-page-forbidden = Your role does not include this page. Whoever gives roles can change yours: the owner of your company, or an administrator if you are staff.
error-page-unavailable-title = This did not work just now
error-page-unavailable = The fault is ours, and nothing you entered was stored by halves. Try again in a minute; if it stays, tell us the reference { $reference }.
error-page-conflict-title = Somebody was faster
error-page-expired-title = This page has expired
error-page-expired = For your safety forms are valid for a limited time. Go back, load the page again and send it once more.
error-page-too-many-title = That was a little fast
error-page-too-large-title = That is too large
error-page-too-large = Send at most { $limit }.
leaving-title = On to { $host }
leaving = You go on by yourself in a moment. If nothing happens, follow the link.
leaving-go = Go on
error-page-home = To the home page
error-page-leads = Your leads

## What has just been done (`notice-<word>`, the word stands in the address of the next page)

notice-saved = Saved.
notice-nothing-changed = This was done already; nothing changed.
notice-nothing-selected = Nothing was selected. Tick at least one row first.
notice-signed-in = Welcome back.
notice-signed-out = You are signed out.
notice-lead-received = Your lead was received. We register it now; a mail to you says so too.
notice-lead-in-review = Your lead was received. A person looks at it first; a mail to you says so too.
notice-lead-duplicate = You have an open lead for this client already: this is it. Nothing new was made.
notice-lead-withdrawn = The lead is withdrawn.
notice-lead-accepted = The lead is accepted and being registered; the partner gets a mail.
notice-lead-rejected = The lead is rejected; the partner gets a mail.
notice-company-saved = The details are saved.
notice-reach-saved = Saved. It holds from the next page on.
notice-manager-saved = Saved who looks after this partner.
notice-member-invited = The invitation is on its way.
notice-member-removed = The person has no access any more.
notice-invitation-revoked = The invitation is taken back.
notice-invitation-accepted = Welcome: you belong to the team now.
notice-accounts-chosen = The next bills are booked so.
notice-accounts-asked = Xero is being asked.
notice-bill-pdf-added = We have the PDF of your invoice.
notice-invoice-raised = Your invoice is raised and goes into our books now. The lines become paid as our payments arrive.
notice-invoice-withdrawn = The invoice is withdrawn; you can raise it again.
notice-partner-added = The partner was added. Enrol it on a plan, and invite its people.
notice-partner-enrolled = The partner is enrolled.
notice-person-added = The person is added, and told by mail where to sign in.
notice-role-changed = The role is changed; the person is signed out everywhere.
notice-person-disabled = The person is disabled and signed out everywhere.
notice-person-enabled = The person can sign in again.
notice-plan-published = The plan’s version is published.
notice-lines-approved = The lines are approved.
notice-lines-for-others = Nothing was approved: you had a hand in these lines, so somebody else approves them.
notice-lines-partly-for-others = Approved, but for the lines that you had a hand in: somebody else approves those.
notice-persons-chosen = Chosen; it holds from now on.
notice-details-confirmed = The details are confirmed.
notice-approvals-withdrawn = The approval is taken back; the lines wait for somebody to approve them.
notice-lines-held = The lines are held.
notice-lines-released = The lines are released.
notice-exception-settled = Settled. The lines of the deal are computed again.
notice-quarter-closed = The quarter is closed, and the partners are told.
notice-job-retried = It is tried again now.
notice-job-set-aside = It was set aside.
notice-jobs-set-aside = All of them were set aside.
notice-jobs-retried = All of them are tried again now.
notice-system-paused = Nothing is sent there until somebody resumes.
notice-system-resumed = What waited goes out now.
notice-webhook-replayed = The webhook is worked off again.
notice-comparison-started = Everything is being compared; the page updates by itself.
notice-sweep-started = Both systems are being read; the page updates by itself.
notice-sweep-started-xero = Xero is being read; the page updates by itself. HubSpot is not: the iPaaS tells what becomes of deals, and the portal asks HubSpot nothing.
