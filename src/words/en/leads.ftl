## The list

lead-list-title = Leads
lead-list-lead = Every client you brought, and where it stands.
lead-list-new = New lead
lead-list-filter-label = Filter by state
lead-list-filter-open = Open
lead-list-filter-in-review = In review
lead-list-filter-won = Won
lead-list-filter-closed = Closed
lead-list-search-label = Search leads
lead-list-search-placeholder = Client or domain
lead-list-column-client = Client
lead-list-column-contact = Contact
lead-list-column-value = Estimated value
lead-list-column-submitted = Submitted
lead-list-column-state = State
lead-list-count =
    { $count ->
        [one] One lead
       *[other] { $count } leads
    }
lead-list-empty-title = No leads yet
lead-list-empty = Bring the first client: two minutes of typing, and you can follow every step from here.
lead-list-none-of-these = No lead is in this state
lead-list-none-of-these-hint = Those in other states are one click away.
lead-list-decided-by = decided by { $date }

## The form

lead-form-title = New lead
lead-form-lead = Two minutes. We answer within two working days.
lead-form-client = The client
lead-form-contact = The contact
lead-form-need-legend = The need
lead-form-client_name = Company
lead-form-client_name-hint = The name as on its contracts.
lead-form-client_domain = Domain
lead-form-client_domain-hint = The client’s own, not a mail provider’s.
lead-form-contact_name = Name
lead-form-contact_name-hint = Whom our sales team may call.
lead-form-contact_email = E-mail
lead-form-contact_email-hint = At work, if there is one.
lead-form-contact_phone = Phone
lead-form-contact_phone-hint = With + and the country code.
lead-form-need = What does the client need?
lead-form-need-hint = Two or three sentences. Only our sales team reads them.
lead-form-value = Estimated value, a year
lead-form-value-hint = A rough figure helps us to plan; your commission follows the real deal.
lead-form-currency = Currency
lead-form-submit = Submit lead
lead-form-sending = Sending …
lead-form-cancel = Cancel
lead-form-required = Fields marked * are required.
lead-form-errors = Some answers need another look
lead-form-unreachable = Your lead did not get through. What you typed is still here: check your connection, then press the button again. It is never stored twice.
lead-form-privacy = The contact should know that you pass on their details.
lead-form-then = What happens then
lead-form-then-checked = We check it
lead-form-then-checked-note = At once. If a person must look first, you read by when.
lead-form-then-registered = It is registered
lead-form-then-registered-note = Our sales team has it in HubSpot, and the client is protected for you.
lead-form-then-followed = You follow it
lead-form-then-followed-note = Each step appears here by itself, as it happens.
lead-form-then-earned = You earn
lead-form-then-earned-note = For every month that the client pays, once the deal is won.

## States

lead-state-in_review = In review
lead-state-accepted = Received
lead-state-registered = Registered
lead-state-won = Won
lead-state-lost = Lost
lead-state-removed = Deal removed
lead-state-rejected = Rejected
lead-state-withdrawn = Withdrawn
lead-state-hint-in_review = A person checks it before it goes on.
lead-state-hint-accepted = Accepted; it is being registered with our sales team.
lead-state-hint-registered = Our sales team works on it.
lead-state-hint-won = The client signed. Your commission starts.
lead-state-hint-lost = The client decided otherwise.
lead-state-hint-removed = Our sales team took its deal out of HubSpot. That is no decision of the client, and can be undone.
lead-state-hint-rejected = It was not taken up.
lead-state-hint-withdrawn = You took it back.

## One lead

lead-detail-facts = Lead
lead-detail-domain = Domain
lead-detail-contact = Contact
lead-detail-value = Estimated value
lead-detail-protected-until = Protected until
lead-detail-protected-hint = Until then this client is yours: no other partner can take it.
lead-detail-not-protected = Not protected any more
lead-detail-reference = Reference
lead-detail-submitted = Submitted
lead-detail-need = Need
lead-detail-deal = Deal
lead-detail-actioned = First action by our team
lead-detail-confirmed = Last confirmed by HubSpot { $ago }
lead-detail-not-confirmed = Waiting for HubSpot
lead-detail-review-due = Decided by { $due } at the latest.
lead-detail-commission = Commission of this deal
lead-withdraw = Withdraw
lead-withdraw-title = Withdraw this lead?
lead-withdraw-confirm = It goes no further, and the client is protected for you no longer. This cannot be undone.

## What happened

lead-timeline-title = What happened
lead-timeline-source-hubspot = HubSpot
lead-timeline-source-portal = Portal
lead-timeline-by = by { $person }
lead-event-submitted = Received
lead-event-submitted-note = A mail says so too.
lead-event-accepted = Accepted
lead-event-accepted-note = The client is protected until { $until }.
lead-event-in_review = In review
lead-event-in_review-note = A person looks at it first, by { $due } at the latest.
lead-event-taken_over = Taken over from HubSpot
lead-event-rejected = Rejected
lead-event-rejected-note = The reason: { $reason }
lead-event-withdrawn = Withdrawn
lead-event-registered = Registered as deal { $deal }
lead-event-registered-note = Company, contact and deal are in HubSpot.
lead-event-phase_changed = Moved from { $from } to { $to }
lead-event-phase_entered = Moved to { $to }
lead-event-actioned-note =
    { $days ->
        [0] First action by our team, on the day of registration.
        [one] First action by our team, one day after registration.
       *[other] First action by our team, { $days } days after registration.
    }
lead-event-won = Won
lead-event-won-with-value = Won with { $value }
lead-event-won-note = The commission lines are made.
lead-event-lost = Lost
lead-event-reopened = Opened again
lead-event-reopened-note = The deal is back in { $to }.
lead-event-removed = The deal was removed from HubSpot
lead-event-removed-note = The lead stays here. Months that the client has not paid for are cancelled.
lead-event-restored = The deal was restored in HubSpot

## Why a lead was rejected: the partner reads it

lead-reason-partner_inactive = Your company was not active in the portal on that day.
lead-reason-not_enrolled = Your company was not enrolled in the referral programme on that day.
lead-reason-domain_not_registrable = The domain cannot belong to a company.
lead-reason-free_mail_domain = The domain belongs to a mail provider, not to the client.
lead-reason-own_domain = The domain is your own company’s.
lead-reason-not_qualified = The need does not fit what we offer.

## Why a lead is in review: staff read it, the partner never

lead-review-claimed_by_another = Another partner’s claim on this client is running.
lead-review-existing_customer = The client is a customer already.

## What sales read in HubSpot
lead-value-elsewhere = The partner expects a value of { $amount }. This HubSpot account does not have that currency.
