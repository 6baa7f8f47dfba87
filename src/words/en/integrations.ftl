### The integrations page, and what jobs are called there.

integration-title = Integrations
integration-lead = What leaves, what comes in, and whether it flows.
integration-column-system = System
integration-column-last-success = Last success
integration-column-waiting = Waiting
integration-column-failed = Failed
integration-column-state = State
integration-hubspot = HubSpot
integration-xero = Xero
integration-slack = Slack
integration-mail = Mail
integration-books = Background work
integration-state-healthy = Healthy
integration-state-retrying = Retrying
integration-state-failing = Failing
integration-failing-title = { $system } does not take what we send.
integration-failing =
    { $count ->
        [one] Nothing was lost: one delivery waits. Mend the connection, then retry.
       *[other] Nothing was lost: { $count } deliveries wait. Mend the connection, then retry.
    }
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
job-check_deals = Look whether all deals are still there
job-read_stages = Read the pipelines
job-set_up_hubspot = Set HubSpot up: properties, pipelines and currencies
job-read_owners = Read the account owners
job-work_inbox = Work off a webhook
job-read_invoice = Read an invoice
job-read_credit = Read a credit note
job-sweep_invoices = Look for changed invoices
job-reconcile_deal = Reconcile a deal
job-accrue_lines = Move lines on with the calendar
job-create_bill = Enter a bill in Xero
job-announce_statement = Announce a statement
job-announce_carried = Say what was carried over
job-send_mail = Send a mail
job-post_slack = Post a Slack message
job-recompute_lines = Compute all lines again
job-clean_up = Clean up

stages-title = Stages of HubSpot
stages-lead = What partners read of each stage, and where new deals start.
stages-webhooks = The app in HubSpot subscribes to deal.creation, deal.deletion, deal.restore, deal.merge, deal.associationChange and deal.propertyChange of { $properties }. What is not told is found by the sweep, some minutes later.
stages-set-up = Make the portal’s properties
stages-column-stage = Stage in HubSpot
stages-column-phase = Partners read
stages-column-first = New deals
stages-gone = Gone
stages-first = Start here
stages-start-here = Start here
stages-phase-of = What partners read of { $stage }
stages-save = Save
stages-open = Stages of HubSpot
notice-phase-named = Partners read that from now on.
notice-first-stage-chosen = New deals start there.
notice-set-up-started = HubSpot is being set up; what fails is on the page of the integrations.
