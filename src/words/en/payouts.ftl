## The payout calendar

payout-title = Payout calendar
payout-lead = When each quarter closes, and when its money comes.
payout-ahead-title = Open quarters
payout-past-title = Closed quarters
payout-column-quarter = Quarter
payout-column-until = Paid and approved by
payout-column-close = Closes, statement comes
payout-column-paid = Money by
payout-column-closed = Closed
payout-column-your-statement = Your statement
payout-phase-closing = Closing
payout-phase-running = Running
payout-phase-coming = Coming
payout-late-until = Still open
payout-late-close = Due since { $date }
payout-days-after =
    { $count ->
        [one] One day after the invoice
       *[other] { $count } days after the invoice
    }
payout-not-closed = Not closed by itself
payout-past-empty-title = No quarter closed yet
payout-past-empty = Once one is, this says when.
payout-column-planned = Planned for
payout-no-statement = None
payout-to-quarter = Open
payout-rules-title = How it works
payout-rule-close =
    { $count ->
        [one] A quarter closes one day after it ends. What clients have paid and we have approved by then is on its statement; the rest comes on the next one.
       *[other] A quarter closes { $count } days after it ends. What clients have paid and we have approved by then is on its statement; the rest comes on the next one.
    }
payout-rule-statement = The statement comes by mail on the day of the close. A total below the minimum is carried over to the next one.
payout-rule-paid =
    { $count ->
        [one] We pay within one day of the invoice. “Money by” counts from an invoice of the day of the statement.
       *[other] We pay within { $count } days of the invoice. “Money by” counts from an invoice of the day of the statement.
    }
payout-rule-zone = Days begin and end in the time zone { $zone }.
payout-after-invoice =
    { $count ->
        [one] We pay within one day of it.
       *[other] We pay within { $count } days of it.
    }
payout-money-by = The money is there by { $date }.
payout-next = Next statement: { $date }
payout-next-late = The quarter is being closed
