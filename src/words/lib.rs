//! Every text that a person reads, in one catalogue per language, and how figures and dates are written there. Which language a person reads is the caller's to know; no page, mail or rule is built here.
//!
//! The catalogues are Fluent files, one per area, below `en` and `de`. Keys are in kebab-case and begin with their area (`lead-form-title`); English and German have the same keys with the same arguments, which a test proves.

use std::{collections::BTreeMap, sync::LazyLock};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};
use fluent_syntax::ast;
use unic_langid::LanguageIdentifier;

mod format;

#[cfg(test)]
mod tests;

/// A language that the portal speaks.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Locale {
    En,
    De,
}

impl Locale {
    pub const ALL: &'static [Self] = &[Self::En, Self::De];

    /// The word for it in the database, in `lang` attributes and in addresses.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::De => "de",
        }
    }

    /// Reads a language tag; the region does not matter: `de-AT` is German.
    pub fn parse(tag: &str) -> Option<Self> {
        let tag = tag.trim();
        let language = tag.split(['-', '_']).next().unwrap_or(tag);
        Self::ALL
            .iter()
            .copied()
            .find(|locale| language.eq_ignore_ascii_case(locale.as_str()))
    }

    /// What its speakers call it.
    pub const fn own_name(self) -> &'static str {
        match self {
            Self::En => "English",
            Self::De => "Deutsch",
        }
    }

    /// The language that a browser asks for most, of those there are; English where it asks for none of them.
    pub fn from_accept_language(header: &str) -> Self {
        let mut best = None;
        for entry in header.split(',') {
            let mut parts = entry.split(';');
            let Some(locale) = parts.next().and_then(Self::parse) else {
                continue;
            };
            let weight = parts
                .find_map(|part| part.trim().strip_prefix("q="))
                .map_or(1_000, read_thousandths);
            // Of equal wishes the first counts; a weight of nothing means "not this one".
            if weight > best.map_or(0, |(_, heaviest)| heaviest) {
                best = Some((locale, weight));
            }
        }
        best.map_or(Self::En, |(locale, _)| locale)
    }

    fn language_identifier(self) -> LanguageIdentifier {
        self.as_str()
            .parse()
            .expect("two letters are a language tag")
    }

    const fn catalogue(self) -> &'static LazyLock<Catalogue> {
        match self {
            Self::En => &ENGLISH,
            Self::De => &GERMAN,
        }
    }

    const fn sources(self) -> &'static [&'static str] {
        match self {
            Self::En => EN,
            Self::De => DE,
        }
    }
}

/// `0.8` is 800, as HTTP writes weights: one digit, at most three decimals. What cannot be read weighs nothing.
fn read_thousandths(text: &str) -> u32 {
    let (whole, decimals) = text.trim().split_once('.').unwrap_or((text.trim(), ""));
    if decimals.len() > 3 {
        return 0;
    }
    format!("{whole}{decimals:0<3}").parse().unwrap_or(0)
}

/// A figure or word that a sentence needs. Numbers choose the plural.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Argument {
    Text(String),
    Number(i64),
}

impl From<&str> for Argument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Argument {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<&String> for Argument {
    fn from(text: &String) -> Self {
        Self::Text(text.clone())
    }
}

impl From<i64> for Argument {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<i32> for Argument {
    fn from(number: i32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<u32> for Argument {
    fn from(number: u32) -> Self {
        Self::Number(i64::from(number))
    }
}

impl From<usize> for Argument {
    /// More than `i64` holds is written as the most that it holds.
    fn from(number: usize) -> Self {
        Self::Number(i64::try_from(number).unwrap_or(i64::MAX))
    }
}

/// The words of one language.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Words {
    locale: Locale,
}

impl Words {
    pub const fn of(locale: Locale) -> Self {
        Self { locale }
    }

    pub const fn locale(&self) -> Locale {
        self.locale
    }

    /// A message that needs no arguments. A key that does not exist is answered by itself.
    pub fn text(&self, key: &str) -> String {
        match self.catalogue().plain.get(key) {
            Some(text) => text.clone(),
            None => self.with(key, &[]),
        }
    }

    /// A message with its arguments. A key that does not exist is answered by itself.
    pub fn with(&self, key: &str, arguments: &[(&str, Argument)]) -> String {
        let mut values = FluentArgs::with_capacity(arguments.len());
        for (name, argument) in arguments {
            let value = match argument {
                Argument::Text(text) => FluentValue::from(text.as_str()),
                Argument::Number(number) => FluentValue::from(*number),
            };
            values.set(*name, value);
        }
        self.catalogue()
            .format(key, &values)
            .map_or_else(|| key.to_owned(), |(text, _)| text)
    }

    pub fn has(&self, key: &str) -> bool {
        self.catalogue().bundle.has_message(key)
    }

    /// All messages whose keys begin with the prefix and that need no arguments, by what follows the prefix: the words that a page hands to its island.
    pub fn group(&self, prefix: &str) -> BTreeMap<String, String> {
        let following = self.catalogue().plain.range(prefix.to_owned()..);
        following
            .map_while(|(key, text)| Some((key.strip_prefix(prefix)?.to_owned(), text.clone())))
            .collect()
    }

    fn catalogue(&self) -> &'static Catalogue {
        self.locale.catalogue()
    }
}

/// All messages of one language, read once.
struct Catalogue {
    bundle: FluentBundle<FluentResource>,
    /// Messages without arguments, ready to hand out; most are.
    plain: BTreeMap<String, String>,
}

impl Catalogue {
    /// The files are part of the program, so that a fault in one is a fault of the program: a test finds it first.
    fn read(locale: Locale) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![locale.language_identifier()]);
        // The marks around arguments would end up in mails, downloads and tests.
        bundle.set_use_isolating(false);
        bundle.set_formatter(Some(format::formatter(locale)));
        let mut plain_keys = Vec::new();
        for source in locale.sources() {
            let resource = FluentResource::try_new((*source).to_owned())
                .expect("every catalogue is well-formed Fluent, as the tests prove");
            plain_keys.extend(keys_without_arguments(&resource));
            bundle
                .add_resource(resource)
                .expect("no key stands twice, as the tests prove");
        }
        let mut catalogue = Self {
            bundle,
            plain: BTreeMap::new(),
        };
        let nothing = FluentArgs::new();
        for key in plain_keys {
            if let Some((text, _)) = catalogue.format(&key, &nothing) {
                catalogue.plain.insert(key, text);
            }
        }
        catalogue
    }

    /// The text, and how many faults Fluent met on the way; `None` if there is no such key.
    fn format(&self, key: &str, arguments: &FluentArgs<'_>) -> Option<(String, usize)> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let mut errors = Vec::new();
        let text = self
            .bundle
            .format_pattern(pattern, Some(arguments), &mut errors);
        Some((text.into_owned(), errors.len()))
    }
}

/// The messages of a file that refer to nothing outside themselves.
fn keys_without_arguments(resource: &FluentResource) -> Vec<String> {
    let messages = resource.entries().filter_map(|entry| match entry {
        ast::Entry::Message(message) => Some(message),
        _ => None,
    });
    messages
        .filter(|message| {
            message
                .value
                .iter()
                .flat_map(|pattern| &pattern.elements)
                .all(is_fixed)
        })
        .map(|message| message.id.name.to_owned())
        .collect()
}

/// Text, and literals such as `{ "" }`.
const fn is_fixed(element: &ast::PatternElement<&str>) -> bool {
    use ast::{Expression::Inline, InlineExpression as I, PatternElement as P};
    matches!(
        element,
        P::TextElement { .. }
            | P::Placeable {
                expression: Inline(I::StringLiteral { .. } | I::NumberLiteral { .. })
            }
    )
}

static ENGLISH: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Locale::En));
static GERMAN: LazyLock<Catalogue> = LazyLock::new(|| Catalogue::read(Locale::De));

const EN: &[&str] = &[
    include_str!("en/access.ftl"),
    include_str!("en/audit.ftl"),
    include_str!("en/company.ftl"),
    include_str!("en/countries.ftl"),
    include_str!("en/documents.ftl"),
    include_str!("en/errors.ftl"),
    include_str!("en/format.ftl"),
    include_str!("en/connections.ftl"),
    include_str!("en/integrations.ftl"),
    include_str!("en/leads.ftl"),
    include_str!("en/ledger.ftl"),
    include_str!("en/lines.ftl"),
    include_str!("en/mail.ftl"),
    include_str!("en/messages.ftl"),
    include_str!("en/money.ftl"),
    include_str!("en/payouts.ftl"),
    include_str!("en/people.ftl"),
    include_str!("en/preferences.ftl"),
    include_str!("en/privacy.ftl"),
    include_str!("en/reconciliation.ftl"),
    include_str!("en/relay.ftl"),
    include_str!("en/shell.ftl"),
    include_str!("en/slack.ftl"),
    include_str!("en/staff.ftl"),
];

const DE: &[&str] = &[
    include_str!("de/access.ftl"),
    include_str!("de/audit.ftl"),
    include_str!("de/company.ftl"),
    include_str!("de/countries.ftl"),
    include_str!("de/documents.ftl"),
    include_str!("de/errors.ftl"),
    include_str!("de/format.ftl"),
    include_str!("de/connections.ftl"),
    include_str!("de/integrations.ftl"),
    include_str!("de/leads.ftl"),
    include_str!("de/ledger.ftl"),
    include_str!("de/lines.ftl"),
    include_str!("de/mail.ftl"),
    include_str!("de/messages.ftl"),
    include_str!("de/money.ftl"),
    include_str!("de/payouts.ftl"),
    include_str!("de/people.ftl"),
    include_str!("de/preferences.ftl"),
    include_str!("de/privacy.ftl"),
    include_str!("de/reconciliation.ftl"),
    include_str!("de/relay.ftl"),
    include_str!("de/shell.ftl"),
    include_str!("de/slack.ftl"),
    include_str!("de/staff.ftl"),
];
