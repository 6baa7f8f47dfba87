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
recovery-hidden-title = You have not kept your recovery codes yet
recovery-hidden = Only somebody who has just signed in may read them: sign out and in again, and they stand here.
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
prove-lost = Have you lost all of it, your recovery codes too? An owner of your company or one of our administrators can reset your sign-in.
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

reset-title = Reset the sign-in
reset-lead = For whoever has lost passkeys, app and recovery codes alike. First make sure that it is this person who asks: call, or meet. The person is signed out everywhere at once, is told by mail, and sets up new ones after a mailed link.
reset-person = Person
reset-choose = Choose somebody
reset-reason = Reason
reset-reason-hint = What was lost, and how you made sure who asks. It stands in the audit log.
reset-submit = Reset

notice-passkey-added = The passkey is added. From now on it signs you in.
notice-passkey-removed = The passkey is removed, and everything signed in elsewhere is ended.
notice-authenticator-added = Your app is set up.
notice-authenticator-removed = The app is removed, and everything signed in elsewhere is ended.
notice-recovery-codes-kept = Good. Nobody can read them here any more.
notice-session-ended = That browser is signed out.
notice-sessions-ended = You are signed out everywhere else.
notice-proofs-reset = The sign-in is reset: the person is signed out everywhere, and is told by mail how to set up a new one.

audit-act-add_passkey = Added a passkey
audit-act-remove_passkey = Removed a passkey
audit-act-add_authenticator = Set up an authenticator app
audit-act-remove_authenticator = Removed an authenticator app
audit-act-keep_recovery_codes = Kept the recovery codes
audit-act-make_recovery_codes = Made new recovery codes
audit-act-use_recovery_code = Signed in with a recovery code
audit-act-end_sessions = Signed out everywhere else

error-link-of-other-browser = This link works only in the browser in which it was asked for. Open it there, or have a new one sent from here.
error-wrong-code = That is not the code. Wait for the next one, and type it while it is shown; each works once. If it goes on, check that the device with the app sets its clock by itself.
error-no-codes-today = Too many wrong codes were typed for you within a day, so none of an app is taken. Use a passkey or a recovery code, or come back tomorrow.
error-too-many-wrong-codes = That were five wrong codes. Have a new link sent to you and start again.
error-prove-again = For this you must have signed in within the last quarter of an hour. Sign out, sign in again, and come back.
error-last-proof = This is the last one you have: add another before you remove it.
error-no-proof-yet = Set up a passkey or an app first.
error-authenticator-there = You have an app already: remove it before you set up another.
error-passkey-not-taken = The passkey was not accepted. Try again; if it stays so, sign in with a link.
error-passkey-there = This passkey is known here already.
error-passkeys-need-a-name = Passkeys belong to the name of a site, and this one is opened by a number.
error-reset-yourself = Nobody resets the own sign-in: change yours under “Sign-in and devices”, or ask somebody else with your role.
error-reset-by-vendor = Only our staff reset this person’s sign-in: write to your partner manager.
error-reset-disabled = This person is disabled: let this person sign in again first, then reset.
error-reset-sign-on = This person signs in by the company’s own sign-on alone, so there is nothing to reset here: ask whoever looks after that.
error-reset-nothing = There is nothing to reset: this person has neither passkey nor app here, and signs in by the company’s own sign-on, or by a mailed link after which they are set up.

### Single sign-on.

sign-on-title = Single sign-on
sign-on-lead = People of a company sign in at its own identity provider, which speaks OpenID Connect: Entra ID, Google Workspace, Okta, Keycloak and others do.
sign-on-add-title = Add the provider of { $company }
sign-on-add-lead = Register the portal there as a web application with this address, and copy here what it says. Saving asks the provider whether it is there.
sign-on-add-submit = Add
sign-on-back = The address that the provider sends people back to
sign-on-name = Name
sign-on-name-hint = What the button says that leads there.
sign-on-domain = Domain of the mail addresses
sign-on-domain-hint = The part behind the @. For no other address the provider is believed.
sign-on-issuer = Address of the provider (issuer)
sign-on-issuer-hint = Such as https://login.example.com/realms/staff, exactly as the provider calls itself.
sign-on-client = The portal’s name there (client ID)
sign-on-secret = The portal’s secret there
sign-on-secret-kept = Left empty, the one that is kept stays.
sign-on-strength = What the provider must vouch for
sign-on-strength-hint = Words with spaces between, such as mfa or urn:okta:loa:2fa:any. Nobody comes in unless the provider says one of them, as acr or in amr. Left empty, nothing is asked: whoever the provider lets in is in. What it said of somebody who was refused stands in the audit log.
sign-on-strength-none = Nothing is asked of how people prove themselves there: whoever the provider lets in is in.
sign-on-strength-asked = It must vouch for one of these: { $words }
sign-on-only = The only way to sign in
sign-on-only-hint = People with such an address cannot use links and passkeys any more. Whoever the company shuts out there is out here within twelve hours.
sign-on-none-title = Nobody signs in at a provider yet
sign-on-none = Add the one of your own company here; those of partners are added from the partner’s page.
sign-on-state-only = The only way
sign-on-state-offered = Offered
sign-on-changed = Changed
sign-on-change = Change or remove
sign-on-save = Save
sign-on-remove = Remove
sign-on-here-title = People of { $domain } sign in with { $name }
sign-on-here = You go to your company’s own page and come back signed in.
sign-on-go = Go on with { $name }
sign-on-again = Prove yourself again with { $name }
sign-on-refused = Your company’s sign-in gave an answer that cannot be taken. Try again; if it stays so, give whoever looks after the portal this reference: { $reference }.
sign-on-silent = Your company’s sign-in does not answer. Try again in a moment; if it stays so, give whoever looks after the portal this reference: { $reference }.

notice-sign-on-saved = The provider is there, and people of that domain can sign in with it.
notice-sign-on-removed = The provider is forgotten.

audit-act-save_sign_on = Changed an identity provider
audit-act-remove_sign_on = Removed an identity provider
audit-act-release_sign_on = Let people of a domain sign in in other ways again
audit-act-refuse_sign_on = Was refused, as the identity provider vouched for too little
audit-act-first_sign_on = Signed in at an identity provider for the first time

error-domain-of-everybody = Anybody can have an address there: no provider speaks for it.
error-issuer-invalid = Type the address as the provider calls itself, beginning with https://.
error-strength-invalid = Type ten words at most, 200 characters in all, of plain letters, digits and signs.
error-issuer-silent = There is no identity provider that describes itself under exactly this address. What came instead is in the log.
error-sign-on-domain-taken = There is a provider for this domain already.
error-sign-on-unknown = This way to sign in was not begun in this browser, or has been used, or is too old. Start again from the beginning.
error-sign-on-denied = Your company’s sign-in let you not pass. Start again, or ask whoever looks after it.
error-sign-on-weak = Your company’s sign-in let you pass, but did not say that you proved yourself as the portal asks of it. Sign out there, sign in with a second factor, and start again; or ask whoever looks after it.
error-sign-on-nobody = Your company knows you, but nobody has invited you to its part of the portal yet. Ask a colleague who is an owner there.
error-sign-on-without-address = Your company’s sign-in did not tell your mail address. Whoever looks after it must let the portal read it.
error-sign-on-other-domain = Your company’s sign-in told an address that is not one of its own, or that it has not checked itself.
error-sign-on-other-subject = Your company’s sign-in knows you by another name than before. Ask the vendor’s administrators to have you added anew.
error-sign-on-only = Your company wants you to sign in on its own page. Type your address on the sign-in page to get there.
error-sign-on-elsewhere = You are signed in by one company: to open the portal of another one, sign out and sign in there.
error-sign-on-prove-again = For this your company’s sign-in must say that you proved yourself there within the last quarter of an hour. Have it ask you again with the button on the page “Sign-in and devices”; if that does not help, it does not say when.
error-sign-on-no-proofs = You are signed in by your company, so there is nothing to set up here.
