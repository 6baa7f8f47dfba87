## What closing a quarter takes along, and what approving finds changed

close-clawbacks-title =
    { $count ->
        [one] One clawback is taken along.
       *[other] { $count } clawbacks are taken along.
    }
close-clawbacks = Money that went back to a client needs nobody’s approval: whoever closes the quarter approves it. What must wait can be held, with a reason.
notice-lines-changed = Nothing was approved: an amount has changed since the page was shown. Look at it, then approve again.
notice-lines-partly-changed = The lines that had not changed are approved. Of the others, an amount has changed since the page was shown: look at it, then approve again.
error-line-already-held = One of these lines is held already, for another reason. Release it first, or leave it out.
audit-act-make_statement = Made a statement
audit-act-withdraw_lead = Withdrew a lead
audit-act-add_person = Added somebody who can sign in
