## What can be done, and by whom

action-submit_leads = Submit leads
action-what-submit_leads = Bring in clients, add to a lead, and withdraw it before it is registered.
action-read_leads = See leads
action-what-read_leads = Where each lead of the company stands, and who is on the team.
action-read_money = See commission
action-what-read_money = What was earned, is owed, was paid and will come; statements and their files.
action-dispute_lines = Dispute lines
action-what-dispute_lines = Ask about a commission line, which waits until that is settled.
action-raise_invoices = Raise invoices
action-what-raise_invoices = Hand in the company’s invoice for a statement, and withdraw it.
action-edit_company = Edit the company
action-what-edit_company = Name, address, VAT number, where mails and Slack messages go.
action-manage_team = Manage the team
action-what-manage_team = Invite and remove colleagues, change their roles, and reset their sign-in.
action-decide_leads = Decide on leads
action-what-decide_leads = Accept or reject leads that are in review.
action-manage_partners = Manage partners
action-what-manage_partners = Add partners, enrol them, change their details, invite their people.
action-edit_plans = Edit plans
action-what-edit_plans = Publish plans and new versions of them.
action-approve_lines = Approve lines
action-what-approve_lines = Approve, hold, enter, correct and refuse lines, and answer disputes.
action-reconcile = Reconcile
action-what-reconcile = Link, split and waive, and take over what HubSpot or Xero says.
action-close_quarter = Close quarters
action-what-close_quarter = Make the statements of a quarter.
action-read_books = Read the books
action-what-read_books = Every lead, partner, line, statement and account, who works here, and the audit log.
action-operate = Operate
action-what-operate = Retry and replay what failed, pause systems, name stages, choose where messages go.
action-connect = Connect systems
action-what-connect = Give and take the portal’s access to HubSpot, Xero, Slack and the mail server.
action-manage_people = Manage people
action-what-manage_people = Add colleagues, change roles, disable people, reset sign-ins, and say whether money needs two persons.
action-leave_books = Leave an account
action-what-leave_books = Say that HubSpot or Xero is now another account, and leave the old one’s objects.
action-manage_privacy = Look after privacy
action-what-manage_privacy = Export or erase what is kept of a person, and say for how long things are kept.
action-assign_partners = Assign partners
action-what-assign_partners = Say which manager looks after a partner, and whether managers see all partners or their own.
action-manage_sign_on = Look after single sign-on
action-what-manage_sign_on = Say at which identity provider people of a mail domain sign in.

## The vendor’s people and the partners’

people-title = People
people-lead = Everybody who can sign in: with which role, when last, and with what each proves who it is.
people-staff = At { $vendor }
people-members = Members of partners
people-search = Name, mail address or partner
people-column-person = Person
people-column-role = Role
people-column-seen = Last seen
people-column-proofs = Signs in with
people-column-state = State
people-passkeys =
    { $count ->
        [one] One passkey
       *[other] { $count } passkeys
    }
people-app = App
people-no-proofs = Nothing yet
people-enabled = Can sign in
people-disabled = Disabled
people-disabled-since = Disabled
people-disabled-for = Reason
people-add-title = Add a colleague
people-add-lead = A mail says where to sign in. The link for it is sent to whoever asks for one there, and works in that browser alone.
people-add-submit = Add
people-name = Name
people-email = E-mail
people-role = Role
people-change-role = Change role
people-change-role-at = Role at { $place }
people-change-role-hint = The person is signed out everywhere at once, and signs in again with the new role.
people-disable = Disable
people-disable-lead = { $person } is signed out everywhere at once and cannot sign in any more. What this person did stays.
people-disable-reason = Reason
people-enable = Let sign in again
people-enable-lead = With the roles and the proofs from before.

## Who may do what

roles-title = Who may do what
roles-link = Who may do what
roles-lead = This table is what the portal enforces, drawn from the same rules.
roles-lead-members = What each role in your company may do. This table is what the portal enforces.
roles-of-staff = At the vendor
roles-of-members = At a partner
roles-column-action = Act
roles-may = Yes
roles-may-not = No

## Two persons

persons-title = Money needs two persons
persons-two = On
persons-one = Off
persons-two-what = No money leaves by one person’s doing alone.
persons-one-what = One person may approve and state its own work. Each time is in the audit log.
persons-rule-lines = Whoever brought, entered or last moved a line by hand (by a link, a split, a waiver, a plan, a decision on its deal) does not approve it.
persons-rule-closing = Whoever closes a quarter has not alone approved a line that nobody else had a hand in.
persons-rule-details = Whoever changed a partner’s name in the register, address, VAT number or mail for statements does not close a quarter for it before somebody else has seen that.
persons-choose-one = Let one person be enough
persons-choose-two = Need two persons again
persons-reason = Reason
second-moved = Moved by hand by { $person } on { $date }; somebody else approves it.
second-for-others =
    { $count ->
        [one] You had a hand in one of these: somebody else approves it.
       *[other] You had a hand in { $count } of these: somebody else approves them.
    }
second-close-title = Somebody else must close this quarter
second-close-lines =
    { $count ->
        [one] You approved one of its lines, and nobody else had a hand in it. Somebody else closes, or you take that approval back and somebody else approves.
       *[other] You approved { $count } of its lines, and nobody else had a hand in them. Somebody else closes, or you take those approvals back and somebody else approves.
    }
second-close-details = You changed how these partners are paid, and nobody else has seen that: { $partners }. Somebody else closes, or confirms the details on the partner’s page.
second-details = How it is paid
second-details-changed = Changed by { $person } on { $date }.
second-details-seen = Seen by { $person } on { $date }.
second-details-own = Nobody else has seen that yet: somebody else closes the quarter, or confirms it here.
second-details-unseen = Nobody else has seen that yet.
second-details-confirm = Confirm the details
