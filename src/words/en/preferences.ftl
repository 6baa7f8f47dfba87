### Which mails a person wants.

preferences-title = Your mails
preferences-lead = What the portal writes to { $email }, and when.
preferences-choose = Mails you may do without
preferences-choose-lead = Whatever you choose, everything stands in the portal.
preferences-save = Save
preferences-none-title = Nothing to choose
preferences-none = The portal writes to you only when you sign in by mail. You read your news on your pages and in Slack.
preferences-always = Mails you always get
preferences-always-what = Links to sign in, invitations, and what a colleague writes to you from the portal.
preferences-link = Your mails
notice-mails-chosen = Saved.
mail-kind-lead = Your leads
mail-kind-lead-what = That a lead you submitted was received, and what was decided about it.
mail-kind-dispute = Your questions about lines
mail-kind-dispute-what = An answer to your question, and how it was settled.
mail-kind-statement = Statements
mail-kind-statement-what = A statement is ready to be invoiced, or its amount is carried over.
mail-kind-bill = Your invoices
mail-kind-bill-what = An invoice was paid, or something about it must be put right.
delivery-at_once = At once
delivery-daily = Once a day, all together
delivery-never = Not at all
unsubscribe-title = Get fewer mails
unsubscribe-ask = Shall the portal stop sending you mails about this: { $what }? Everything still stands in the portal.
unsubscribe-do = Stop these mails
unsubscribe-done = You get no more mails about this: { $what }.
