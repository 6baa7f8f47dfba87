## Above a form

form-errors-title =
    { $count ->
        [one] One answer needs another look
       *[other] { $count } answers need another look
    }
form-errors-kept = What you typed is still here.

## Any text: what is wrong, and how to mend it

error-required = This is needed: please fill it in.
error-choose-one = Choose one of the options.
error-too-long = This is too long: use at most { $detail } characters.
error-control-characters = This holds a line break or an invisible character: type it again by hand instead of pasting it.
error-email-invalid = This is no e-mail address: write it like name@company.com.
error-domain-invalid = This is no domain: write it like acme.com.
error-phone-invalid = Begin with + and the country code: +49 171 5550199.
error-country-invalid = Choose the country from the list, or write its two letters, such as DE.
error-too-many-lines = Use at most { $detail } lines.
error-postal-code-invalid = This is no postal code: use letters, digits, blanks and hyphens only.
error-vat-number-invalid = Use at most 20 letters and digits, as on your invoices: DE123456789.
error-slack-channel-invalid = Write a channel’s ID such as C0123456789, a member’s mail address, or paste an address that begins with https://hooks.slack.com/services/.
error-staff-channel-invalid = Write the channel’s name with #, or its ID such as C0123456789.
error-no-channel = There is no channel to send the test to.
error-date-invalid = This is no date: choose it from the calendar, or write it like 2026-07-31.
error-month-invalid = This is no month: write it like 2026-07.
error-quarter-invalid = This is no quarter: write it like 2026Q3.

## Amounts and shares

error-amount-invalid = This is no amount: write digits only, such as 1234.50.
error-amount-too-large = This is more than can be booked: check the number of digits.
error-amount-too-fine = This has more decimals than the currency: leave out the last ones.
error-amount-not-positive = The amount must be more than zero.
error-currency-unknown = Choose the currency from the list.
error-rate-invalid = This is no percentage: write it like 12.5.
error-rate-too-fine = Use at most four decimals, such as 12.3456.
error-rate-out-of-range = Write a percentage from 0 to 100 that makes sense here.
error-months-invalid = Write a whole number of months from 1 to 600, or leave it empty.
error-billing-period-invalid = “{ $detail }” is no billing period: use a number of months, such as 1 or 12, or “one_off”.

## Leads

error-domain-not-registrable = Nobody can register this domain: write the client’s own, such as acme.com.
error-domain-free-mail = This is a mail provider’s domain: write the domain of the client’s own website.
error-domain-own = This is your own company’s domain: write the client’s.
error-partner-inactive = Your company is not active in the portal at present, so leads cannot be submitted. Write to your partner manager.
error-not-enrolled = Your company is not enrolled in the referral programme today, so leads cannot be submitted. Write to your partner manager.
error-not-qualified = This lead does not fit the programme. Your partner manager can tell you more.
error-lead-already-decided = Somebody has decided on this lead already. Load the page again to see how.
error-leads-of-a-day = Your company has submitted as many leads within a day as are taken from one company. Nothing was lost of what is typed here: submit it tomorrow, or ask your partner manager.
error-invitations-of-a-day = For this company 50 invitations were sent within a day, which is as many as are sent. Invite the others tomorrow.
error-lead-of-colleague = A colleague of yours has submitted this client already. Ask in your company who it is.
error-lead-already-registered = This lead is registered by now and can no longer be withdrawn. Tell your partner manager if it is off.

## Company and team

error-domain-taken = Another partner has this domain already: check the spelling, or look for the partner in the list.
error-already-member = This person is in your team already.
error-last-owner = A company needs one owner: make somebody else owner first.
error-domain-by-staff = Only our staff change a company’s domain: write to your partner manager.
error-person-known = Somebody has this address already: look for the person in the list.
error-last-administrator = The portal needs one administrator: make somebody else administrator first.
error-not-yourself = Nobody disables the own access: ask another administrator.
error-invitation-used-or-expired = This invitation was used already or has expired. Ask for a new one.
error-link-used-or-expired = This link was used already or has expired. Have a new one sent to you.

## Plans and enrolment

error-plan-renamed = The next version of a plan keeps its name, { $detail }. For a plan of its own choose “New plan” on the page of all plans.
error-earlier-than-last-version = The last version begins later than that: choose the same day or a later one.
error-plan-not-tried = Look at what it would change first: it is shown below.
error-plan-trial-changed = Something changed since you looked, so nothing was written. Here is what it would do now.
error-plan-not-valid-then = The plan has no version yet on that day: choose a later day.
error-already-enrolled = The partner is enrolled on that day already: choose a later day, or end the other enrolment first.

## Lines, statements, settlement

error-line-not-approvable = This line is not covered any more and cannot be approved. Load the page again to see why.
error-line-not-holdable = This line is on a statement already and can no longer be held.
error-line-not-approved = This line is not approved, or on a statement by now. Load the page again.
error-line-not-held = This line is not held any more. Load the page again.
error-line-own-entry = You entered this line by hand: somebody else must approve it.
error-nothing-to-approve = No covered line was left to approve.
error-quarter-not-ended = The quarter has not ended yet: it can be closed from the first day after it.
error-quarter-out-of-order = An earlier quarter is still open: close that one first.
error-statement-already-invoiced = There is an invoice for this statement already.
error-invoice-number-taken = You used this number for another statement already: write the number on this invoice.
error-invoice-number-in-xero = Another invoice of yours with this number is in our books already: write the number on this invoice.
error-number-characters = Leave out { $detail }: our books cannot take it in a number.
error-bill-in-xero = This invoice is in our books already and cannot be withdrawn any more.
error-contact-of-another-partner = This contact in Xero is another partner’s.
error-bill-being-made = This invoice is being entered in our books and may be there already. Please look again in a few minutes: by then it is booked, or can be withdrawn.
error-currency-stated = Lines of this deal are on a statement, which stays in its currency. Keep it, let the deal end in HubSpot, and register the rest as a new deal.
error-exception-resolved = Somebody has settled this already. Load the page again.
error-exception-not-dismissible = This is settled by a decision of its own, or by the client’s payment: open the case and choose there.
error-job-not-dead = This is being tried again already.
error-changed-meanwhile = Somebody changed this in the meantime. Look at the page as it is now, then try again.

## Any other

error-host-unlisted = The portal may not speak to { $detail }: ask whoever runs it to add this host to the setting OUTWARD_HOSTS.
error-invalid = This cannot be used as it is: look at it once more.
form-optional = (optional)
error-signed-out = You are signed out. Sign in again; what you typed is still here.
error-forbidden = Your role does not include this. Whoever gives roles can change yours: the owner of your company, or an administrator if you are staff.
error-not-found = That is not there any more, or is not yours.
error-internal = This did not work just now, and the fault is ours. Nothing was stored by halves: try again in a minute. If it stays, tell us the reference { $reference }.
error-too-many = That was more often than anybody needs. Wait { $seconds } seconds, then try again.
error-unreadable = This is no form of ours. Load the page again and send it once more.
error-line-held = This line is held. Release it first.
error-line-not-found = This line is not there any more. Load the page again.

# Money.
error-tiers-empty = Give at least one tier.
error-tiers-too-many = Use at most { $detail } tiers.
error-tiers-first-not-zero = The first tier begins at 0: every deal must lie in one.
error-tiers-not-rising = Each tier begins at more than the one before it.
error-tier-gap = There is a gap: the tier before it ends at { $detail }. Begin there.
error-tier-overlap = This overlaps: the tier before it ends at { $detail }. Begin there.
error-tier-end-missing = Say where this tier ends: only the last one has no end.
error-tier-last-has-end = Leave this empty: the last tier has no end, or larger deals would earn nothing.
error-tier-ends-before-it-begins = The tier must end at more than it begins.
error-share-twice = This one is in the list already: use one row for each.
error-share-of-nothing = Give more than 0 %, or leave the row empty.
error-shares-too-many = Fewer than { $detail } other partners can share a line.
error-shares-not-whole = The shares come to { $detail } %, and must be 100 % together.
error-amount-above-rest = Only { $detail } of this statement is left to invoice: write at most that.
error-amount-not-whole-lines = An invoice for a part of a statement must be for whole lines, the oldest first: the next one is over { $detail }.
error-shares-beyond-document = The parts are more than the net amount: make one smaller.
error-line-disputed = Its partner disputes this line. Answer and resolve the dispute first.
error-line-entered-by-you = You entered this line, so somebody else approves it.
error-line-brought-by-you = You brought this deal to its partner, so somebody else approves its lines.
error-line-moved-by-you = You moved this line by hand last, so somebody else approves it.
error-closer-approved-alone = You approved lines of this quarter that nobody else had a hand in, so somebody else closes it.
error-closer-changed-details = You changed how a partner of this quarter is paid, and nobody else has seen that: somebody else closes it.
error-details-changed-by-you = You changed these details, so somebody else confirms them.
error-nothing-to-waive = This month lacks nothing, so there is nothing to waive.
error-refunded-beyond = More was refunded to the client than it paid for this deal. See to the refund first: no waiver makes up for it.
error-system-paused = The system is paused already.
error-system-runs = Nothing holds the system back.
error-job-not-failed = This has not failed, or was set aside already.
error-nothing-failed = Nothing has failed there, or it is being tried again already.
error-webhook-waits = This webhook waits to be worked off already.
error-pdf-unreadable = This is no PDF: choose the file that your invoicing program saved.
error-pdf-too-large = This is larger than { $detail } MB: save it with smaller pictures.
error-file-infected = The virus scanner found something harmful in this file, so it was not taken: make the PDF anew with your invoicing program, on a computer that was checked, and choose that one.
error-scanner-silent = Files cannot be checked for viruses just now, so nothing was stored: choose the file again and send the form once more in a few minutes. If it stays, tell us the reference { $reference }.
error-bill-has-pdf = This invoice has its PDF already.
