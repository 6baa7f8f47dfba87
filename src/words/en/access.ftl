### Signing in, with what people prove themselves, and where they are signed in.

passkey-sign-in-title = With a passkey
passkey-sign-in = Sign in with a passkey
passkey-sign-in-hint = Your device asks for your fingerprint, your face or its PIN, and tells us only that it is you.
passkey-asking = Your browser is asking …
passkey-failed = Nothing was proved. Press the button again when you are ready, or take another way.
passkey-name = What you call it
passkey-name-hint = For you to recognise it by, such as “Work laptop”.
passkey-add = Add a passkey
passkey-impossible = Passkeys belong to the name of a site, and this one is opened by a number. Open it under its name to use them.
passkey-needs-scripts = Passkeys need a browser that knows them and runs this page’s scripts.
passkeys-title = Passkeys
passkeys-what = The safest way, and the quickest: no code, nothing to type, nothing that could be given away by mistake.

authenticator-title = Authenticator app
authenticator-what = An app that shows a new code every half minute. You sign in with a mailed link and a code.
authenticator-begin = Set up an app
authenticator-again = Start again with a new code
authenticator-scan = Have your app scan this picture:
authenticator-picture = A QR code that holds the key for your app
authenticator-open = Or open the app on this device
authenticator-type = Or type this key:
authenticator-first-code = The code that the app shows
authenticator-confirm = Confirm
authenticator-there = Your app

recovery-title = Recovery codes
recovery-what = For the day on which you have lost everything else: each signs you in once, after a mailed link.
recovery-left = { $count ->
    [0] None is left. Make new ones.
    [one] One is left.
   *[other] { $count } are left.
}
recovery-renew = Make new codes
recovery-new-title = Keep these recovery codes
recovery-new = Print them, or put them into your password manager. Once you say that you have kept them, nobody can read them here again.
recovery-kept = I have kept them

proof-used = Used
proof-added = Added
proof-remove = Remove

prove-title = One more step
prove-lead = The link proved that { $email } is yours. Now prove that it is you.
prove-first-lead = The link proved that { $email } is yours. Choose with what you prove from now on that it is you; you can add others later.
prove-code-title = With a code
prove-code = Code
prove-code-hint = The six digits that your app shows, or one of your recovery codes.
prove-recovery-code = Recovery code
prove-recovery-code-hint = One of those that you kept when you set up your sign-in.
prove-submit = Sign in
prove-cancel = Do not sign in

security-title = Sign-in and devices
security-link = Sign-in and devices
security-lead = With what you prove that it is you, and where you are signed in.
sessions-title = Where you are signed in
sessions-what = Something you do not know? End it, and remove what you do not recognise.
session-this = Here
session-unknown = An unknown browser
session-since = since
session-seen = last used
session-end = End
session-end-others = Sign out everywhere else
companies-title = Your companies

notice-passkey-added = The passkey is added. From now on it signs you in.
notice-passkey-removed = The passkey is removed, and everything signed in elsewhere is ended.
notice-authenticator-added = Your app is set up.
notice-authenticator-removed = The app is removed, and everything signed in elsewhere is ended.
notice-recovery-codes-kept = Good. Nobody can read them here any more.
notice-session-ended = That browser is signed out.
notice-sessions-ended = You are signed out everywhere else.

audit-act-add_passkey = Added a passkey
audit-act-remove_passkey = Removed a passkey
audit-act-add_authenticator = Set up an authenticator app
audit-act-remove_authenticator = Removed an authenticator app
audit-act-make_recovery_codes = Made new recovery codes
audit-act-use_recovery_code = Signed in with a recovery code
audit-act-end_sessions = Signed out everywhere else

error-link-of-other-browser = This link works only in the browser in which it was asked for. Open it there, or have a new one sent from here.
error-wrong-code = That is not the code. Type the one that is shown now; each works once.
error-too-many-wrong-codes = That were five wrong codes. Have a new link sent to you and start again.
error-prove-again = For this you must have signed in within the last quarter of an hour. Sign out, sign in again, and come back.
error-last-proof = This is the last one you have: add another before you remove it.
error-no-proof-yet = Set up a passkey or an app first.
error-authenticator-there = You have an app already: remove it before you set up another.
error-passkey-not-taken = The passkey was not accepted. Try again; if it stays so, sign in with a link.
error-passkey-there = This passkey is known here already.
error-passkeys-need-a-name = Passkeys belong to the name of a site, and this one is opened by a number.
