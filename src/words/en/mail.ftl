## Every mail: a greeting, one paragraph, a button, the foot

mail-greeting = Hello { $name },
mail-footer = You get this mail because you use the partner portal of { $programme }.

## A lead was received, or decided on

mail-lead-accepted-subject = We have your lead { $client }
mail-lead-accepted-body = Thank you: your lead { $client } is received and accepted, and the client is protected for you. Our sales team takes over now; you can follow every step in the portal.
mail-lead-review-subject = We have your lead { $client } and look at it
mail-lead-review-body = Thank you: your lead { $client } is received. A person looks at it before it goes on; you get a mail as soon as that is decided.
mail-lead-rejected-subject = Your lead { $client } was not taken up
mail-lead-rejected-body = We cannot take up your lead { $client }. The reason: { $reason } If you think that this is wrong, write to your partner manager.
mail-lead-taken-over-subject = A deal with { $client } counts as yours
mail-lead-taken-over-body = Our sales team made the deal “{ $need }” with { $client } without a lead of yours. We looked at it, and it counts as yours: it stands among your leads, and you can follow every step in the portal.
mail-lead-button = Open the lead

## Signing in and joining

mail-sign-in-subject = Your link to sign in
mail-sign-in-body = With this link you sign in to the partner portal. It works once, and for a few minutes only. You did not ask for it? Then you need do nothing: without the link nobody gets in.
mail-sign-in-button = Sign in
mail-proof-add_passkey-subject = A passkey was added
mail-proof-remove_passkey-subject = A passkey was removed
mail-proof-add_authenticator-subject = An authenticator app was set up
mail-proof-remove_authenticator-subject = The authenticator app was removed
mail-proof-make_recovery_codes-subject = New recovery codes were made
mail-proof-use_recovery_code-subject = A recovery code was used to sign in
mail-proof-fail_sign_in-subject = Five wrong codes were typed
mail-proof-add_passkey-body = From now on you can sign in to the partner portal with a new passkey.
mail-proof-remove_passkey-body = One of your passkeys was removed, and signs in nowhere any more.
mail-proof-add_authenticator-body = From now on the codes of an authenticator app open the partner portal for you.
mail-proof-remove_authenticator-body = The codes of your authenticator app are no longer taken.
mail-proof-make_recovery_codes-body = Your old recovery codes are no longer taken; the new ones stand on the page of your sign-in.
mail-proof-use_recovery_code-body = Somebody signed in as you with one of your recovery codes. It cannot be used again.
mail-proof-fail_sign_in-body = Somebody who reads your mail used a link to sign in as you, and typed five wrong codes. Nothing was opened.
mail-proof-not-you = Was that not you? Then somebody else is in your account: sign out everywhere, remove what is not yours, and tell us.
mail-proof-button = Sign-in and devices
mail-proofs-reset-subject = Your sign-in to the partner portal of { $programme } was reset
mail-proofs-reset-body = { $by } ({ $place }) reset your sign-in on { $at }. Your passkeys, your authenticator app and your recovery codes are no longer taken, and you are signed out everywhere.
mail-proofs-reset-next = You sign in next by a link that the portal mails you when you ask for one, and then set up a passkey or an app anew, as you did the first time.
mail-proofs-reset-unasked = You did not ask for this? Then sign in at once, so that nobody who reads your mail does it before you, and tell { $by } and us.
mail-welcome-subject = { $inviter } gave you access to the partner portal of { $programme }
mail-welcome-body = { $inviter } gave you access to the partner portal of { $programme }. Sign in with this mail address: the portal then mails you a link that works in your browser alone. You do not know { $inviter }? Then simply ignore this mail.
mail-invitation-subject = { $inviter } invites you to { $partner }
mail-invitation-body = { $inviter } invites you to work for { $partner } in the partner portal of { $programme }. The invitation works once. You do not know { $inviter }? Then simply ignore this mail.
mail-invitation-button = Accept the invitation

## Statements and payments

mail-statement-subject = Statement { $number }: { $amount } to invoice
mail-statement-body =
    { $count ->
        [0] { $quarter } is closed, and statement { $number } is ready: you may invoice { $amount } net. Raise your invoice in the portal, and we pay it next. These are its lines:
        [one] { $quarter } is closed, and statement { $number } is ready: you may invoice { $amount } net. Raise your invoice in the portal: we pay within one day of it. These are its lines:
       *[other] { $quarter } is closed, and statement { $number } is ready: you may invoice { $amount } net. Raise your invoice in the portal: we pay within { $count } days of it. These are its lines:
    }
mail-statement-button = Open the statement
mail-carried-subject = { $quarter } is closed: nothing to invoice this time
mail-carried-button = Open your statements
mail-bill-paid-subject = Your invoice { $number } is paid
mail-bill-paid-body = We have paid your invoice { $number } in full: { $amount } net.
mail-bill-undone-subject = A payment of your invoice { $number } was taken back
mail-bill-undone-body = { $amount } net of what we had paid of your invoice { $number } was taken back. The lines that it had paid for are owed to you again; you need do nothing, and we tell you when it is paid.
mail-bill-voided-subject = Your invoice { $number } was voided
mail-bill-voided-body = Your invoice { $number } for statement { $statement } was voided in our books. You can invoice { $amount } of the statement again in the portal.
mail-bill-not-made-subject = Your invoice { $number } could not be booked
mail-bill-not-made-body = Your invoice { $number } for statement { $statement } could not be entered in our books, and we look at it. Is the number wrong? Then withdraw the invoice in the portal and raise it again.
mail-bill-credited-subject = A credit note was set against your invoice { $bill }
mail-bill-credited-body = { $why } Please answer this mail if you did not give us that credit; we tell you when the rest is paid.
mail-bill-differs-subject = Your invoice { $bill } does not fit statement { $statement }
mail-bill-differs-body = { $why } Until this is put right, we pay nothing on it. Please send another invoice, or answer this mail if you think that we are wrong.

## What the reader can do without

mail-footer-choose = Choose which mails you get
mail-footer-stop = Get no more mails like this one

## The daily mail

mail-digest-subject = Your partner portal, { $day }
mail-digest-body =
    { $count ->
        [one] One thing happened since your last daily mail.
       *[other] { $count } things happened since your last daily mail.
    }
mail-digest-button = Choose which mails you get
