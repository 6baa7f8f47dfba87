## The company's details

company-title = Company
company-lead = What stands on your statements, and who may see them.
company-details = Details
company-name = Name
company-name-hint = As the portal shows it.
company-legal-name = Legal name
company-legal-name-hint = As it stands in the register and on invoices.
company-domain = Domain
company-domain-hint = The company’s own website, as in acme.com.
company-domain-by-staff = Leads are checked against it, so only our staff change it: write to your partner manager.
company-address = Address
company-street = Street and number
company-street-hint = Up to three lines, such as a building or floor above it. The whole address stands on statements, and finance departments ask for it.
company-postal-code = Postal code
company-city = City
company-country = Country
company-country-hint = Two letters: DE, GB, US.
company-vat-number = VAT number
company-vat-number-hint = Empty if the company is not registered.
company-billing-email = Mail for statements
company-billing-email-hint = Gets each statement and each payment.
company-slack-channel = Messages in Slack
company-slack-channel-hint = Statements and won deals are posted there: a channel’s ID, the mail address of a member, or an incoming webhook’s address. A webhook is a secret: only its end is shown afterwards. Leave it empty for none.
company-save = Save details
company-read-only = Only the role Owner can change this.
reach-sales-title = What sales people see
reach-sales-lead = Owners and finance always see all leads.
reach-sales = Sales people see
reach-sales-all = all leads
reach-sales-own = only the leads they submitted
reach-save = Save
figure-own-leads = You see the leads that you submitted. What they earn stands under Commission.

## The programme it is in

company-programme = Programme
company-programme-active = Active
company-programme-inactive = Not active
company-programme-plan = Plan
company-programme-enrolled = Enrolled
company-programme-not-enrolled = Your company is not enrolled at present. Your partner manager can change that.
company-programme-since = Partner since

## The team

team-title = Team
team-lead = Owners see and do everything. Sales submits leads. Finance raises invoices. Read-only looks on.
team-column-person = Person
team-column-role = Role
team-column-joined = Member since
team-invited-until = Invited, until { $date }
team-remove = Remove
team-remove-label = Remove { $person }
team-remove-title = Remove { $person }?
team-remove-confirm = { $person } is signed out at once and loses access to this company. What this person submitted stays.
team-revoke = Take back
team-revoke-label = Take back the invitation of { $email }
team-role-change = Change
team-role-label = Role of { $person }
team-invite-title = Invite by e-mail
team-invite-email = E-mail
team-invite-role = Role
team-invite-submit = Invite
team-roles-title = What each role may do

## Roles

role-owner = Owner
role-owner-hint = Sees and does everything, looks after company and team.
role-sales = Sales
role-sales-hint = Submits leads and sees commission.
role-finance = Finance
role-finance-hint = Sees leads and commission, raises invoices.
role-read_only = Read-only
role-read_only-hint = Sees leads and commission, and changes nothing.
staff-role-administrator = Administrator
staff-role-partner_manager = Partner manager
staff-role-finance = Finance
staff-role-operator = Operator
staff-role-auditor = Auditor

## Accepting an invitation

invitation-title = Join { $partner }
invitation-lead = { $inviter } invites you to { $partner }’s partner portal.
invitation-role = Your role: { $role }
invitation-email = You sign in as { $email }.
invitation-name = Your name
invitation-name-hint = Your colleagues and our team see it.
invitation-submit = Join
invitation-gone-title = This invitation is not valid any more
invitation-gone = It was used already, taken back, or has expired. Ask for a new one.
