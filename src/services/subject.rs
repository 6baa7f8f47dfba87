//! What a job is about, in the terms of people: which lead, bill, mail or document it concerns.

use portal_domain::ids::{LeadId, StatementId};
use portal_store::{
    Tx, bills, deals, inbox, jobs::JobRecord, leads, mails, slack_messages, statements,
};

use crate::{ServiceError, outbox::Job};

/// What a job is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// A lead by its client.
    Lead {
        id: LeadId,
        client: String,
    },
    /// A bill by its number, on the statement that it is for.
    Bill {
        statement: StatementId,
        number: String,
    },
    Statement {
        id: StatementId,
        number: String,
    },
    Mail {
        recipient: String,
        subject: String,
    },
    /// A message in a channel of Slack.
    Message {
        channel: String,
        text: String,
    },
    /// A deal by its id in HubSpot.
    Deal(String),
    /// An invoice or bill by its id in Xero.
    Invoice(String),
    /// A credit note by its id in Xero.
    Credit(String),
    /// A webhook: whose, and what of its body is a text.
    Webhook {
        vendor: String,
        text: String,
    },
    /// No single thing.
    Nothing,
}

/// How much of a webhook's body is shown, in characters.
const WEBHOOK_TEXT_MAX: usize = 4_000;

/// What is not there any more is no subject.
pub(crate) async fn find(tx: &mut Tx, job: &JobRecord) -> Result<Subject, ServiceError> {
    let Ok(job) = serde_json::from_str(&job.payload) else {
        return Ok(Subject::Nothing);
    };
    let found = match job {
        Job::RegisterLead { lead } | Job::RelayLead { lead } => {
            leads::find(tx, lead).await?.map(of_lead)
        }
        Job::ReconcileDeal { deal } => match deals::find(tx, deal).await? {
            Some(deal) => leads::find(tx, deal.lead).await?.map(of_lead),
            None => None,
        },
        Job::CreateBill { bill } | Job::AttachFiles { bill } => {
            bills::find(tx, bill).await?.map(|bill| Subject::Bill {
                statement: bill.statement,
                number: bill.number,
            })
        }
        Job::AnnounceStatement { statement } => {
            let found = statements::find(tx, statement).await?;
            found.map(|found| Subject::Statement {
                id: statement,
                number: found.number,
            })
        }
        Job::SendMail { mail } => mails::find(tx, mail).await?.map(|mail| Subject::Mail {
            recipient: mail.recipient,
            subject: mail.subject,
        }),
        Job::PostSlack { message } => {
            let found = slack_messages::find(tx, message).await?;
            found.map(|found| Subject::Message {
                channel: found.channel,
                text: found.fallback,
            })
        }
        Job::ReadDeal { hubspot_id } => Some(Subject::Deal(hubspot_id)),
        Job::ReadInvoice { invoice } => Some(Subject::Invoice(invoice)),
        Job::ReadCredit { credit } => Some(Subject::Credit(credit)),
        Job::WorkInbox { inbox } | Job::WorkEvent { inbox, .. } | Job::FollowRelay { inbox } => {
            inbox::find(tx, inbox).await?.map(|note| Subject::Webhook {
                vendor: note.vendor,
                text: String::from_utf8_lossy(&note.body)
                    .chars()
                    .take(WEBHOOK_TEXT_MAX)
                    .collect(),
            })
        }
        _ => None,
    };
    Ok(found.unwrap_or(Subject::Nothing))
}

fn of_lead(lead: leads::LeadRecord) -> Subject {
    Subject::Lead {
        id: lead.id,
        client: lead.client_name,
    }
}
