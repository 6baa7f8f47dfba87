//! Every template of mail and Slack with made-up things, for staff to look at: written by the very functions that write the real ones.

use portal_domain::{
    access::{Action, Actor},
    bill::BillState,
    calendar::Month,
    ids::{
        BillId, ClientId, DealId, ExceptionId, LeadId, LineId, PartnerId, PersonId, PlanVersionId,
        StatementId,
    },
    lead::LeadState,
    line::{DisputeStep, LineKind, LineState},
    money::{Currency, Exact, Money},
    notice::StaffEvent,
    statement::StatementBody,
};
use portal_store::{
    bills::BillRecord,
    leads::LeadRecord,
    lines::LineRecord,
    preferences::DigestItem,
    statements::{CarryRecord, StatementRecord},
};
use portal_words::{Locale, Words};
use serde_json::{Value, json};

use super::{
    access::{invitation_draft, proof_draft, proofs_reset_draft, sign_in_draft, welcome_draft},
    alerts::{Told, about_alert, alert_draft},
    bills::{BillNews, about_differing_bill, bill_differs_draft, bill_draft},
    compose::{Draft, digest_item},
    disputes::{about_dispute, dispute_draft},
    exceptions::about_cases,
    layout::{Laid, Scheme, in_scheme, lay_out, lay_out_typed},
    leads::{about_deal_without_lead, about_new_lead, about_win, lead_draft},
    preferences::digest_draft,
    slack::{Message, about_trial},
    statements::{about_new_statement, carried_draft, statement_draft},
};
use crate::{Ctx, ServiceError, access::require_staff};

/// The mails, by the name under which they are looked at.
pub const MAILS: [&str; 27] = [
    "sign-in",
    "proof-add_passkey",
    "proof-remove_passkey",
    "proof-add_authenticator",
    "proof-remove_authenticator",
    "proof-make_recovery_codes",
    "proof-use_recovery_code",
    "proof-fail_sign_in",
    "proofs-reset",
    "invitation",
    "welcome",
    "lead-accepted",
    "lead-review",
    "lead-rejected",
    "lead-taken-over",
    "dispute-answered",
    "dispute-resolved",
    "statement",
    "carried",
    "bill-paid",
    "bill-undone",
    "bill-voided",
    "bill-not-made",
    "bill-differs",
    "bill-credited",
    "digest",
    "letter",
];

/// The messages in Slack: first what partners read, then what staff read.
pub const MESSAGES: [&str; 10] = [
    "won",
    "statement",
    "lead_new",
    "lead_review",
    "deal_without_lead",
    "dispute-opened",
    "dispute-answered",
    "exceptions",
    "bill_differs",
    "test",
];

/// What operators are told of the machinery, by mail and in Slack alike, and of which system it is said here.
const ALERTS: [(&str, &str); 29] = [
    ("alert-broken", "xero"),
    ("alert-broken-over", "xero"),
    ("alert-missing", "hubspot"),
    ("alert-missing-over", "hubspot"),
    ("alert-foreign", "xero"),
    ("alert-foreign-over", "xero"),
    ("alert-held", "hubspot"),
    ("alert-held-relay", "relay"),
    ("alert-held-over", "hubspot"),
    ("alert-down", "xero"),
    ("alert-down-over", "xero"),
    ("alert-down-scanner", "scanner"),
    ("alert-down-over-scanner", "scanner"),
    ("alert-dead", "hubspot"),
    ("alert-dead-more", "hubspot"),
    ("alert-dead-over", "hubspot"),
    ("alert-silent", "hubspot"),
    ("alert-silent-over", "hubspot"),
    ("alert-late", "relay"),
    ("alert-late-over", "relay"),
    ("alert-unfit", "xero"),
    ("alert-unfit-over", "xero"),
    ("alert-limited", "xero"),
    ("alert-limited-over", "xero"),
    ("alert-refused", "hubspot"),
    ("alert-refused-relay", "relay"),
    ("alert-refused-over", "hubspot"),
    ("alert-ending", "hubspot"),
    ("alert-ending-over", "hubspot"),
];

/// The names of what operators are told of the machinery.
pub fn alert_names() -> impl Iterator<Item = &'static str> {
    ALERTS.into_iter().map(|(name, _)| name)
}

/// What a template is called, by whichever of `mail` and `slack` it goes.
pub fn template_label(ctx: &Ctx, words: Words, by: &str, name: &str) -> String {
    match Sample::new(ctx, words).alert(name) {
        Some(told) => alert_draft(words, &told).subject,
        None => words.text(&format!("template-{by}-{name}")),
    }
}

/// A message as Slack would get it.
#[derive(Clone, Debug)]
pub struct MessageSample {
    pub fallback: String,
    pub blocks: Vec<Value>,
}

/// A mail with made-up things.
pub fn sample_mail(
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    locale: Locale,
) -> Result<Laid, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    if name == "letter" {
        return Ok(lay_out_typed(LETTER.0, LETTER.1));
    }
    let draft = Sample::new(ctx, Words::of(locale)).mail(name)?;
    let stop = ctx.url("/unsubscribe/…");
    let stop = draft.kind.is_optional().then_some(stop);
    Ok(lay_out(ctx, "Jane Meyer", &draft, stop.as_deref()))
}

/// The HTML of a mail as a mail program shows it that is light, or dark.
pub fn sample_html(laid: &Laid, dark: bool) -> String {
    let scheme = if dark { Scheme::Dark } else { Scheme::Light };
    in_scheme(&laid.html, scheme)
}

/// A message in Slack with made-up things.
pub fn sample_message(
    ctx: &Ctx,
    actor: &Actor,
    name: &str,
    locale: Locale,
) -> Result<MessageSample, ServiceError> {
    require_staff(actor, Action::ReadBooks)?;
    let message = Sample::new(ctx, Words::of(locale)).message(name)?;
    Ok(MessageSample {
        fallback: message.fallback(),
        blocks: message.blocks(&ctx.url(&message.path)),
    })
}

const PARTNER: &str = "Brightside Partners";
/// What finance might write, in whatever language it does.
const LETTER: (&str, &str) = (
    "Your invoice BSP-2026-014",
    "Dear Jane,\n\ncould you send us the invoice for your statement PS-2026Q3-000001 this week?\n\nMany thanks\nMaria",
);
const CLIENT: &str = "Harbour Logistics";
const JULY: Month = Month::new(2026, 7);
const QUESTION: &str = "July should be 120.00: the client added a site on the 3rd.";

struct Sample<'a> {
    ctx: &'a Ctx,
    words: Words,
    pounds: Currency,
}

impl<'a> Sample<'a> {
    fn new(ctx: &'a Ctx, words: Words) -> Self {
        Self {
            ctx,
            words,
            pounds: "GBP".parse().expect("pounds are a currency"),
        }
    }

    fn mail(&self, name: &str) -> Result<Draft, ServiceError> {
        let words = self.words;
        let (statement, body) = (self.statement(), self.body());
        let bill = |news| bill_draft(words, &self.bill(), &statement, news);
        if let Some(act) = name
            .strip_prefix("proof-")
            .filter(|_| MAILS.contains(&name))
        {
            return Ok(proof_draft(words, act));
        }
        Ok(match name {
            "sign-in" => sign_in_draft(words),
            "proofs-reset" => {
                let vendor = self.ctx.programme.name.as_str();
                proofs_reset_draft(self.ctx, words, ("Alex Morgan", vendor))
            }
            "invitation" => invitation_draft(self.ctx, words, ("Jane Meyer", PARTNER)),
            "welcome" => welcome_draft(self.ctx, words, "Alex Morgan"),
            "lead-accepted" => lead_draft(words, &self.lead(), "accepted"),
            "lead-review" => lead_draft(words, &self.lead(), "review"),
            "lead-rejected" => lead_draft(words, &self.lead(), "rejected"),
            "lead-taken-over" => lead_draft(words, &self.lead(), "taken-over"),
            "dispute-answered" => {
                dispute_draft(words, &self.line(), DisputeStep::Answered, QUESTION)
            }
            "dispute-resolved" => {
                dispute_draft(words, &self.line(), DisputeStep::Resolved, QUESTION)
            }
            "statement" => statement_draft(words, &statement, &body),
            "carried" => carried_draft(self.ctx, words, "2026Q3", &[self.carry()]),
            "bill-paid" => bill(BillNews::Paid)?,
            "bill-undone" => bill(BillNews::PaymentUndone(self.money(8_333)))?,
            "bill-voided" => bill(BillNews::Voided)?,
            "bill-not-made" => bill(BillNews::NotMade)?,
            "bill-differs" => bill_differs_draft(words, &statement, &self.facts("net")),
            "bill-credited" => bill_differs_draft(words, &statement, &self.facts("credited")),
            "digest" => digest_draft(self.ctx, words, self.items()),
            _ => {
                let told = self.alert(name).ok_or(ServiceError::NotFound)?;
                alert_draft(words, &told)
            }
        })
    }

    /// What is told of the machinery. A system's own words for one of them have a name of their own here, as they are looked at by themselves.
    fn alert(&self, name: &str) -> Option<Told<'static>> {
        let (name, place) = ALERTS.into_iter().find(|(known, _)| *known == name)?;
        let zone = self.ctx.programme.time_zone;
        Some(Told {
            key: name
                .strip_suffix("-relay")
                .or_else(|| name.strip_suffix("-scanner"))
                .unwrap_or(name),
            place,
            until: name
                .starts_with("alert-limited")
                .then(|| (self.ctx.now().plus_ms(3_600_000), zone)),
        })
    }

    fn message(&self, name: &str) -> Result<Message, ServiceError> {
        let (ctx, words, lead) = (self.ctx, self.words, self.lead());
        let (statement, value) = (self.statement(), self.money(1_800_000));
        Ok(match name {
            "won" => about_win(words, &lead, Some(value)),
            "statement" => about_new_statement(words, &statement, &self.body()),
            "lead_new" => about_new_lead(ctx, words, &lead, StaffEvent::LeadNew),
            "lead_review" => about_new_lead(ctx, words, &lead, StaffEvent::LeadReview),
            "deal_without_lead" => about_deal_without_lead(words, &lead, "48151623"),
            "dispute-opened" => about_dispute(words, &self.line(), DisputeStep::Opened, QUESTION),
            "dispute-answered" => {
                about_dispute(words, &self.line(), DisputeStep::Answered, QUESTION)
            }
            "exceptions" => self.cases(),
            "bill_differs" => about_differing_bill(words, &statement, &self.facts("net")),
            "test" => about_trial(words, words.text("channel-event-lead_new")),
            _ => {
                let told = self.alert(name).ok_or(ServiceError::NotFound)?;
                about_alert(words, &told)
            }
        })
    }

    fn cases(&self) -> Message {
        let id = ExceptionId::of_bits(1);
        let raised: Vec<(String, ExceptionId)> = ["underpaid"; 9]
            .into_iter()
            .chain(["no_invoice_yet"; 4])
            .map(|kind| (kind.to_owned(), id))
            .collect();
        let named = (1..=5).map(|number| format!("{CLIENT} {number} · {PARTNER}"));
        about_cases(self.words, &raised, named.collect())
    }

    const fn money(&self, minor: i64) -> Money {
        Money::new(minor, self.pounds)
    }

    fn lead(&self) -> LeadRecord {
        LeadRecord {
            id: LeadId::of_bits(1),
            partner: PartnerId::of_bits(1),
            partner_name: PARTNER.to_owned(),
            client: ClientId::of_bits(1),
            submitted_by: PersonId::of_bits(1),
            submission_key: String::new(),
            client_name: CLIENT.to_owned(),
            client_domain: "harbour-logistics.example".to_owned(),
            contact_name: "Mia Novak".to_owned(),
            contact_email: "mia@harbour-logistics.example".to_owned(),
            contact_phone: String::new(),
            need: format!("{CLIENT} 2027"),
            basis: None,
            value: Some(self.money(1_800_000)),
            state: LeadState::InReview,
            reason: Some("Our sales team works with this client already.".to_owned()),
            review_due_at: Some(self.ctx.now().plus_days(2)),
            actioned_at: None,
            hubspot_contact_id: None,
            hubspot_deal_id: None,
            created_at: self.ctx.now(),
            phase: None,
            confirmed_at: None,
        }
    }

    fn line(&self) -> LineRecord {
        LineRecord {
            id: LineId::of_bits(1),
            partner: PartnerId::of_bits(1),
            partner_name: PARTNER.to_owned(),
            deal: DealId::of_bits(1),
            deal_name: CLIENT.to_owned(),
            lead: LeadId::of_bits(1),
            client_name: CLIENT.to_owned(),
            kind: LineKind::Scheduled,
            position: 1,
            month: JULY,
            money: self.money(10_000),
            base: Exact::from_integer(0),
            charged: None,
            plan_version: PlanVersionId::of_bits(1),
            state: LineState::Covered,
            held_reason: None,
            approved_by: None,
            approved_by_name: None,
            approved_at: None,
            statement: None,
            bill: None,
            corrects: None,
            reason: None,
            entered_by: None,
            entered_by_name: None,
            disputed_at: Some(self.ctx.now()),
            is_refused: false,
            updated_at: self.ctx.now(),
        }
    }

    fn statement(&self) -> StatementRecord {
        StatementRecord {
            id: StatementId::of_bits(1),
            number: "PS-2026Q3-000001".to_owned(),
            partner: PartnerId::of_bits(1),
            partner_name: PARTNER.to_owned(),
            quarter: "2026Q3".to_owned(),
            total: self.money(36_667),
            body: String::new(),
            hash: String::new(),
            previous_hash: String::new(),
            place: Some(1),
            created_at: self.ctx.now(),
        }
    }

    fn body(&self) -> StatementBody {
        let lines: Vec<Value> = [10_000, 8_333, 10_000, 8_334]
            .into_iter()
            .map(|minor| {
                json!({
                    "id": LineId::of_bits(1),
                    "month": JULY,
                    "client_name": CLIENT,
                    "kind": "scheduled",
                    "amount_minor": minor,
                })
            })
            .collect();
        let body = json!({
            "id": StatementId::of_bits(1),
            "number": "PS-2026Q3-000001",
            "partner_name": PARTNER,
            "quarter": "2026Q3",
            "currency": self.pounds,
            "lines": lines,
            "total": self.money(36_667),
            "closed_on": "2026-10-01",
            "previous_hash": "",
            "payment_days": 30,
        });
        serde_json::from_value(body).expect("the made-up statement has every field")
    }

    fn bill(&self) -> BillRecord {
        BillRecord {
            id: BillId::of_bits(1),
            statement: StatementId::of_bits(1),
            statement_number: "PS-2026Q3-000001".to_owned(),
            partner: PartnerId::of_bits(1),
            number: "BS-104".to_owned(),
            total: self.money(36_667),
            tax_minor: 7_333,
            paid_minor: 36_667,
            undone_minor: 0,
            state: BillState::Paid,
            idempotency_key: String::new(),
            xero_invoice_id: None,
            left_with: None,
            moved: None,
            created_at: self.ctx.now(),
            updated_at: self.ctx.now(),
        }
    }

    fn carry(&self) -> CarryRecord {
        CarryRecord {
            quarter: "2026Q3".to_owned(),
            partner: PartnerId::of_bits(1),
            partner_name: PARTNER.to_owned(),
            money: self.money(1_250),
            code: "below_minimum".to_owned(),
            created_at: self.ctx.now(),
        }
    }

    /// Of a bill that does not fit: what its case would hold.
    fn facts(&self, mismatch: &str) -> Value {
        json!({
            "mismatch": mismatch,
            "partner": PARTNER,
            "statement": "PS-2026Q3-000001",
            "expected_minor": 36_667,
            "expected_currency": self.pounds,
            "rest_minor": 36_667,
            "bill": "BS-104",
            "contact": PARTNER,
            "net_minor": 37_000,
            "tax_minor": 7_400,
            "gross_minor": 44_400,
            "credited_minor": 5_000,
            "currency": self.pounds,
            "raised_minor": 36_667,
            "billed_as": "",
        })
    }

    fn items(&self) -> Vec<DigestItem> {
        let drafts = [
            lead_draft(self.words, &self.lead(), "accepted"),
            dispute_draft(self.words, &self.line(), DisputeStep::Answered, QUESTION),
        ];
        drafts.iter().map(digest_item).collect()
    }
}
