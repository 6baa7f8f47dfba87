//! Money and rates: whole minor units of one currency, decimal rates, exact fractions between them, and one named rounding. No floats.

use std::{cmp::Ordering, fmt, str::FromStr};

use num_integer::Integer as _;
use num_rational::Ratio;
use num_traits::{CheckedAdd, CheckedMul, CheckedSub};
use rust_decimal::Decimal;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::error::Fault;

/// An exact amount of minor units that need not be whole yet. 128 bits hold any `i64` amount times any rate times a century of months.
pub type Exact = Ratio<i128>;

/// [`Exact`] in JSON: the text `numerator/denominator` in lowest terms, for `#[serde(with = "exact_text")]`.
pub mod exact_text {
    use serde::{Deserialize, Deserializer, Serializer, de::Error as _};

    use super::Exact;

    /// Writes `25000/3`; a whole amount is `25000/1`.
    pub fn serialize<S: Serializer>(exact: &Exact, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&format_args!("{}/{}", exact.numer(), exact.denom()))
    }

    /// Reads what `serialize` wrote; a denominator that is not positive is refused.
    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Exact, D::Error> {
        let text = String::deserialize(deserializer)?;
        parse(&text).ok_or_else(|| D::Error::custom("not an exact amount"))
    }

    fn parse(text: &str) -> Option<Exact> {
        let (numerator, denominator) = text.split_once('/')?;
        let (numerator, denominator) = (numerator.parse().ok()?, denominator.parse().ok()?);
        (denominator > 0).then(|| Exact::new(numerator, denominator))
    }
}

/// An ISO 4217 code in capitals, such as `EUR`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

/// The currencies that forms offer; any ISO code is accepted from the vendors.
pub const OFFERED_CURRENCIES: [&str; 6] = ["EUR", "GBP", "USD", "CHF", "SEK", "AUD"];

impl Currency {
    /// Euro, in cents.
    pub const EUR: Self = Self(*b"EUR");
    /// Pound sterling, in pence.
    pub const GBP: Self = Self(*b"GBP");
    /// US dollar, in cents.
    pub const USD: Self = Self(*b"USD");

    /// Reads three letters in any case. Whether such a currency exists is not asked.
    ///
    /// # Errors
    /// `currency-unknown`.
    pub fn parse(text: &str) -> Result<Self, Fault> {
        match text.trim().as_bytes() {
            [a, b, c] if [a, b, c].iter().all(|byte| byte.is_ascii_alphabetic()) => Ok(Self([
                a.to_ascii_uppercase(),
                b.to_ascii_uppercase(),
                c.to_ascii_uppercase(),
            ])),
            _ => Err(Fault::new("currency-unknown")),
        }
    }

    /// The three capitals as bytes, where many are kept in little room.
    pub(crate) const fn letters(self) -> [u8; 3] {
        self.0
    }

    /// What `letters` gave.
    pub(crate) const fn of_letters(letters: [u8; 3]) -> Self {
        Self(letters)
    }

    /// The three capitals.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII letters are UTF-8")
    }

    /// How many decimal places the minor unit has (ISO 4217): 2 for most, 0 for yen, 3 for the Gulf's dinars.
    pub const fn minor_digits(&self) -> u32 {
        match &self.0 {
            b"BIF" | b"CLP" | b"DJF" | b"GNF" | b"ISK" | b"JPY" | b"KMF" | b"KRW" | b"PYG"
            | b"RWF" | b"UGX" | b"VND" | b"VUV" | b"XAF" | b"XOF" | b"XPF" => 0,
            b"BHD" | b"IQD" | b"JOD" | b"KWD" | b"LYD" | b"OMR" | b"TND" => 3,
            _ => 2,
        }
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Currency {
    type Err = Fault;

    fn from_str(text: &str) -> Result<Self, Fault> {
        Self::parse(text)
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// An amount of one currency, in whole minor units (cents, pence); negative for what is taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    pub minor: i64,
    pub currency: Currency,
}

impl Money {
    /// So many minor units of a currency.
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Nothing, of a currency.
    pub const fn zero(currency: Currency) -> Self {
        Self::new(0, currency)
    }

    /// Reads what a person typed: digits, optional grouping (`1,234.50`, `1.234,50`, `1 234`, `1'234`), at most the currency's decimals.
    /// A single mark before exactly three digits groups, as no offered currency has three decimals; zero and negative are refused.
    ///
    /// # Errors
    /// `amount-invalid` for anything that could be read in two ways or in none, `amount-too-large`, `amount-not-positive`.
    pub fn parse_typed(text: &str, currency: Currency) -> Result<Self, Fault> {
        let digits = currency.minor_digits() as usize;
        let marked = unify_marks(text);
        let (whole, decimals) = match marked.rfind(['.', ',']) {
            Some(at) if (1..=digits).contains(&(marked.len() - at - 1)) => {
                let (whole, decimals) = (&marked[..at], &marked[at + 1..]);
                if whole.contains(&marked[at..=at]) {
                    return Err(Fault::new("amount-invalid"));
                }
                (whole, decimals)
            }
            _ => (marked.as_str(), ""),
        };
        let whole = ungroup(whole).ok_or(Fault::new("amount-invalid"))?;
        if decimals.bytes().any(|byte| !byte.is_ascii_digit()) {
            return Err(Fault::new("amount-invalid"));
        }
        let padded = format!("{whole}{decimals:0<digits$}");
        let minor: i64 = padded.parse().map_err(|_| Fault::new("amount-too-large"))?;
        if minor == 0 {
            return Err(Fault::new("amount-not-positive"));
        }
        Ok(Self::new(minor, currency))
    }

    /// Reads a vendor's decimal text (`1500.00`, `-3`): empty is not zero, and more decimals than the currency has are refused, never rounded.
    ///
    /// # Errors
    /// `amount-invalid`, `amount-too-fine`, `amount-too-large`, each with the text.
    pub fn parse_decimal(text: &str, currency: Currency) -> Result<Self, Fault> {
        let decimal = Decimal::from_str_exact(text.trim())
            .map_err(|_| Fault::with("amount-invalid", text))?
            .normalize();
        let digits = currency.minor_digits();
        if decimal.scale() > digits {
            return Err(Fault::with("amount-too-fine", text));
        }
        let minor = decimal
            .mantissa()
            .checked_mul(10_i128.pow(digits - decimal.scale()))
            .and_then(|minor| to_minor(minor).ok())
            .ok_or(Fault::with("amount-too-large", text))?;
        Ok(Self::new(minor, currency))
    }

    /// The plain decimal text that vendors and files take: `1234.50`.
    pub fn to_decimal(self) -> String {
        let digits = self.currency.minor_digits() as usize;
        let sign = if self.minor < 0 { "-" } else { "" };
        let magnitude = self.minor.unsigned_abs();
        if digits == 0 {
            return format!("{sign}{magnitude}");
        }
        let unit = 10_u64.pow(self.currency.minor_digits());
        format!("{sign}{}.{:0digits$}", magnitude / unit, magnitude % unit)
    }

    /// Adds amounts of the same currency.
    ///
    /// # Errors
    /// `CurrenciesDiffer`, or `TooLarge` where no amount holds the sum.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::CurrenciesDiffer);
        }
        let minor = to_minor(i128::from(self.minor) + i128::from(other.minor))?;
        Ok(Self::new(minor, self.currency))
    }
}

/// The text with one spelling for each mark: every blank is a space, every apostrophe `'`.
fn unify_marks(text: &str) -> String {
    let unify = |c: char| match c {
        '’' => '\'',
        c if c.is_whitespace() => ' ',
        c => c,
    };
    text.trim().chars().map(unify).collect()
}

/// `1,234` or `1.234.567` without its marks, if there is one kind of mark only and every group after the first has three digits.
/// `0,500` is refused: nobody groups like that, and half a unit must not become five hundred.
fn ungroup(whole: &str) -> Option<String> {
    let mark = whole.chars().find(|c| !c.is_ascii_digit()).unwrap_or(',');
    let groups: Vec<&str> = whole.split(mark).collect();
    let digits_only =
        |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let well_marked = ['.', ',', ' ', '\''].contains(&mark);
    let well_grouped = groups.len() == 1
        || (groups[0].len() <= 3
            && !groups[0].starts_with('0')
            && groups[1..].iter().all(|group| group.len() == 3));
    (well_marked && well_grouped && groups.iter().all(|group| digits_only(group)))
        .then(|| groups.concat())
}

/// How many decimals a rate may have.
const RATE_DECIMALS: u32 = 6;
/// What a rate of one is in millionths.
pub(crate) const MILLION: i64 = 10_i64.pow(RATE_DECIMALS);

/// A share of an amount, 0 to 1, with at most six decimals: `0.125` is 12.5 %.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Rate(Decimal);

impl Rate {
    /// A share of nothing.
    pub const ZERO: Self = Self(Decimal::ZERO);
    /// The whole.
    pub const ONE: Self = Self(Decimal::ONE);

    /// From per cent as a person types it: `12.5` is 0.125.
    ///
    /// # Errors
    /// `rate-invalid`, `rate-too-fine` beyond four decimals of a per cent, `rate-out-of-range` outside 0 to 100.
    pub fn parse_percent(text: &str) -> Result<Self, Fault> {
        let typed = text.trim().trim_end_matches('%').trim().replace(',', ".");
        let percent = Decimal::from_str_exact(&typed)
            .map_err(|_| Fault::new("rate-invalid"))?
            .normalize();
        // Checked before the division, which would round a longer one.
        if percent.scale() > 4 {
            return Err(Fault::new("rate-too-fine"));
        }
        Self::try_from(percent / Decimal::ONE_HUNDRED)
    }

    /// The share itself: `0.125` for 12.5 %.
    pub const fn as_decimal(self) -> Decimal {
        self.0
    }

    /// Per cent as text, without trailing zeros: `12.5`.
    pub fn to_percent(self) -> String {
        (self.0 * Decimal::ONE_HUNDRED).normalize().to_string()
    }

    /// The share as a fraction.
    pub fn exact(self) -> Exact {
        fraction(i128::from(self.millionths()), i128::from(MILLION))
    }

    /// The share in millionths, of which every rate is a whole number, at most a million.
    pub(crate) fn millionths(self) -> i64 {
        const POWERS: [i64; 7] = [1_000_000, 100_000, 10_000, 1_000, 100, 10, 1];
        self.0.mantissa() as i64 * POWERS[self.0.scale() as usize]
    }
}

impl TryFrom<Decimal> for Rate {
    type Error = Fault;

    fn try_from(share: Decimal) -> Result<Self, Fault> {
        let share = share.normalize();
        if share < Decimal::ZERO || share > Decimal::ONE {
            return Err(Fault::new("rate-out-of-range"));
        }
        if share.scale() > RATE_DECIMALS {
            return Err(Fault::new("rate-too-fine"));
        }
        Ok(Self(share))
    }
}

/// Decimal text only: a number in JSON would have been a float on its way.
impl TryFrom<String> for Rate {
    type Error = Fault;

    fn try_from(text: String) -> Result<Self, Fault> {
        let share = Decimal::from_str_exact(&text).map_err(|_| Fault::new("rate-invalid"))?;
        Self::try_from(share)
    }
}

impl From<Rate> for String {
    fn from(rate: Rate) -> Self {
        rate.0.to_string()
    }
}

/// Rounds an exact amount to whole minor units, half to even: the one rounding of the product.
///
/// # Errors
/// `TooLarge` where no amount holds the result.
pub fn round_half_even(exact: Exact) -> Result<i64, MoneyError> {
    to_minor(round_half_even_wide(exact))
}

/// The same rounding where a running sum may be larger than one amount can be, such as all months of a deal together.
pub(crate) fn round_half_even_wide(exact: Exact) -> i128 {
    let (numerator, denominator) = (*exact.numer(), *exact.denom());
    let (floor, rest) = div_floor(numerator, denominator);
    // Not twice the rest against the denominator: that could overflow.
    let up = match rest.cmp(&(denominator - rest)) {
        Ordering::Less => false,
        Ordering::Equal => floor % 2 != 0,
        Ordering::Greater => true,
    };
    floor + i128::from(up)
}

/// A whole amount as money has it. The lowest `i64` is refused, so that every amount can be taken back.
pub(crate) fn to_minor(whole: i128) -> Result<i64, MoneyError> {
    match i64::try_from(whole) {
        Ok(i64::MIN) | Err(_) => Err(MoneyError::TooLarge),
        Ok(minor) => Ok(minor),
    }
}

/// Adds exact amounts; what 128 bits cannot hold is an error, never a wrong number.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold the result.
pub fn add(left: Exact, right: Exact) -> Result<Exact, MoneyError> {
    match small(left, right) {
        Some([a, b, c, d]) => Ok(fraction(a * d + c * b, b * d)),
        None => left.checked_add(&right).ok_or(MoneyError::TooLarge),
    }
}

/// Takes one exact amount from another.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold the result.
pub fn subtract(left: Exact, right: Exact) -> Result<Exact, MoneyError> {
    match small(left, right) {
        Some([a, b, c, d]) => Ok(fraction(a * d - c * b, b * d)),
        None => left.checked_sub(&right).ok_or(MoneyError::TooLarge),
    }
}

/// Multiplies exact amounts.
///
/// # Errors
/// `TooLarge` where 128 bits do not hold the result.
pub fn multiply(left: Exact, right: Exact) -> Result<Exact, MoneyError> {
    match small(left, right) {
        Some([a, b, c, d]) => Ok(fraction(a * c, b * d)),
        None => left.checked_mul(&right).ok_or(MoneyError::TooLarge),
    }
}

/// Numerators and denominators of two fractions, if no product of two of them leaves 128 bits, nor a sum of two such products.
fn small(left: Exact, right: Exact) -> Option<[i128; 4]> {
    let parts = [*left.numer(), *left.denom(), *right.numer(), *right.denom()];
    let fits = |part: &i128| i64::try_from(*part).is_ok();
    parts.iter().all(fits).then_some(parts)
}

/// A fraction in lowest terms; `denom` is above zero. Most numbers here have 64 bits, which are divided and multiplied several times as fast as 128.
pub(crate) fn fraction(numer: i128, denom: i128) -> Exact {
    match common_divisor(numer, denom) {
        1 => Exact::new_raw(numer, denom),
        common => Exact::new_raw(quotient(numer, common), quotient(denom, common)),
    }
}

/// The largest number that divides both; `denom` is above zero.
pub(crate) fn common_divisor(numer: i128, denom: i128) -> i128 {
    if numer == 1 || denom == 1 {
        return 1;
    }
    let narrow = u64::try_from(denom).and_then(|denom| {
        let rest = match u64::try_from(numer.unsigned_abs()) {
            Ok(numer) => numer % denom,
            Err(_) => u64::try_from(numer.unsigned_abs() % u128::from(denom))?,
        };
        Ok(denom.gcd(&rest))
    });
    match narrow {
        Ok(common) => i128::from(common),
        Err(_) => numer.gcd(&denom),
    }
}

/// How often a number above zero goes into another, downwards, and what is left of it.
#[inline]
pub(crate) fn div_floor(number: i128, by: i128) -> (i128, i128) {
    match (i64::try_from(number), i64::try_from(by)) {
        (Ok(number), Ok(by)) => {
            let (quotient, rest) = (number.div_euclid(by), number.rem_euclid(by));
            (i128::from(quotient), i128::from(rest))
        }
        _ => (number.div_euclid(by), number.rem_euclid(by)),
    }
}

/// How often a number above zero goes into another, downwards.
#[inline]
pub(crate) fn quotient(number: i128, by: i128) -> i128 {
    div_floor(number, by).0
}

/// A product, if 128 bits hold it.
#[inline]
pub(crate) fn times(number: i128, by: i64) -> Option<i128> {
    match i64::try_from(number) {
        // No product of two of 64 bits leaves 128.
        Ok(number) => Some(i128::from(number) * i128::from(by)),
        Err(_) => number.checked_mul(i128::from(by)),
    }
}

#[inline]
fn product(number: i128, by: i128) -> Option<i128> {
    match i64::try_from(by) {
        Ok(by) => times(number, by),
        Err(_) => number.checked_mul(by),
    }
}

/// A sum of fractions over one denominator that all of theirs divide, above zero and not in lowest terms: adding to it needs none.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CommonSum {
    pub numer: i128,
    pub denom: i128,
}

impl CommonSum {
    /// Nothing yet.
    pub const ZERO: Self = Self { numer: 0, denom: 1 };

    /// Adds `numer / denom`; `denom` is above zero.
    ///
    /// # Errors
    /// `TooLarge` where 128 bits do not hold the sum.
    pub fn add(&mut self, numer: i128, denom: i128) -> Result<(), MoneyError> {
        let numer = if denom == self.denom {
            Some(numer)
        } else {
            let common = common_divisor(denom, self.denom);
            let by = quotient(denom, common);
            let (scaled, finer) = product(self.numer, by)
                .zip(product(self.denom, by))
                .ok_or(MoneyError::TooLarge)?;
            let numer = product(numer, quotient(self.denom, common));
            (self.numer, self.denom) = (scaled, finer);
            numer
        };
        let sum = numer.and_then(|numer| self.numer.checked_add(numer));
        self.numer = sum.ok_or(MoneyError::TooLarge)?;
        Ok(())
    }

    /// The same with the smallest denominator.
    pub fn in_lowest_terms(self) -> Self {
        let exact = self.exact();
        Self {
            numer: *exact.numer(),
            denom: *exact.denom(),
        }
    }

    pub fn exact(self) -> Exact {
        fraction(self.numer, self.denom)
    }
}

/// What arithmetic on money refuses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    #[error("the amount is larger than 92 quadrillion minor units")]
    TooLarge,
    #[error("amounts of different currencies cannot be added")]
    CurrenciesDiffer,
}

#[cfg(test)]
mod tests {
    use super::*;

    const KWD: Currency = Currency(*b"KWD");
    const JPY: Currency = Currency(*b"JPY");

    #[test]
    fn a_typed_amount_is_read_as_people_write_it() {
        for (text, currency, minor) in [
            ("1", Currency::EUR, 100),
            ("1.5", Currency::EUR, 150),
            ("1,5", Currency::EUR, 150),
            ("1234.50", Currency::EUR, 123_450),
            ("1,234.50", Currency::EUR, 123_450),
            ("1.234,50", Currency::EUR, 123_450),
            ("1 234,5", Currency::EUR, 123_450),
            ("1\u{a0}234", Currency::EUR, 123_400),
            ("1\u{202f}234,05", Currency::EUR, 123_405),
            ("1'234.05", Currency::EUR, 123_405),
            ("1’234’567", Currency::EUR, 123_456_700),
            ("1,234", Currency::EUR, 123_400),
            ("1.234", Currency::EUR, 123_400),
            ("1.234.567", Currency::EUR, 123_456_700),
            ("  007 ", Currency::EUR, 700),
            ("0.01", Currency::EUR, 1),
            ("0,5", Currency::EUR, 50),
            ("92233720368547758.07", Currency::EUR, i64::MAX),
            ("1000", JPY, 1_000),
            ("1,000", JPY, 1_000),
            ("1.234", KWD, 1_234),
            ("1,234.5", KWD, 1_234_500),
        ] {
            assert_eq!(
                Money::parse_typed(text, currency),
                Ok(Money::new(minor, currency)),
                "{text:?} {currency}"
            );
        }
    }

    #[test]
    fn a_typed_amount_that_could_mean_two_things_or_none_is_refused() {
        for (text, currency, code) in [
            ("", Currency::EUR, "amount-invalid"),
            (".", Currency::EUR, "amount-invalid"),
            ("1.", Currency::EUR, "amount-invalid"),
            (".5", Currency::EUR, "amount-invalid"),
            ("-5", Currency::EUR, "amount-invalid"),
            ("+5", Currency::EUR, "amount-invalid"),
            ("5 EUR", Currency::EUR, "amount-invalid"),
            ("€5", Currency::EUR, "amount-invalid"),
            ("1e3", Currency::EUR, "amount-invalid"),
            ("0.500", Currency::EUR, "amount-invalid"),
            ("1,234.567", Currency::EUR, "amount-invalid"),
            ("1,234,50", Currency::EUR, "amount-invalid"),
            ("1.234.50", Currency::EUR, "amount-invalid"),
            ("1,2345.50", Currency::EUR, "amount-invalid"),
            ("12 34", Currency::EUR, "amount-invalid"),
            ("1 234'567", Currency::EUR, "amount-invalid"),
            ("1234.567", Currency::EUR, "amount-invalid"),
            ("1.2345", Currency::EUR, "amount-invalid"),
            ("1,,234", Currency::EUR, "amount-invalid"),
            ("١٢", Currency::EUR, "amount-invalid"),
            ("1.٢", Currency::EUR, "amount-invalid"),
            ("1.5", JPY, "amount-invalid"),
            ("0", Currency::EUR, "amount-not-positive"),
            ("0.00", Currency::EUR, "amount-not-positive"),
            ("92233720368547758.08", Currency::EUR, "amount-too-large"),
            ("99999999999999999999", JPY, "amount-too-large"),
        ] {
            let fault = Money::parse_typed(text, currency).expect_err(text);
            assert_eq!(fault.code, code, "{text:?} {currency}");
        }
    }

    #[test]
    fn a_vendors_decimal_is_read_exactly_or_not_at_all() {
        for (text, currency, expected) in [
            ("1500.00", Currency::EUR, Ok(150_000)),
            ("1500", Currency::EUR, Ok(150_000)),
            ("1500.1", Currency::EUR, Ok(150_010)),
            ("1500.1000", Currency::EUR, Ok(150_010)),
            (" -3 ", Currency::EUR, Ok(-300)),
            ("-0", Currency::EUR, Ok(0)),
            ("0.00", Currency::EUR, Ok(0)),
            ("1500", JPY, Ok(1_500)),
            ("1500.00", JPY, Ok(1_500)),
            ("1.234", KWD, Ok(1_234)),
            ("92233720368547758.07", Currency::EUR, Ok(i64::MAX)),
            ("-92233720368547758.07", Currency::EUR, Ok(-i64::MAX)),
            ("1500.001", Currency::EUR, Err("amount-too-fine")),
            ("1.5", JPY, Err("amount-too-fine")),
            ("", Currency::EUR, Err("amount-invalid")),
            ("abc", Currency::EUR, Err("amount-invalid")),
            ("1,500", Currency::EUR, Err("amount-invalid")),
            ("1e3", Currency::EUR, Err("amount-invalid")),
            ("NaN", Currency::EUR, Err("amount-invalid")),
            (
                "92233720368547758.08",
                Currency::EUR,
                Err("amount-too-large"),
            ),
            (
                "-92233720368547758.08",
                Currency::EUR,
                Err("amount-too-large"),
            ),
        ] {
            let parsed = Money::parse_decimal(text, currency);
            assert_eq!(
                parsed.map(|money| money.minor).map_err(|fault| fault.code),
                expected,
                "{text:?} {currency}"
            );
        }
    }

    #[test]
    fn decimal_text_comes_back_as_the_same_amount() {
        for (minor, currency, text) in [
            (123_450, Currency::EUR, "1234.50"),
            (5, Currency::EUR, "0.05"),
            (-5, Currency::EUR, "-0.05"),
            (0, Currency::EUR, "0.00"),
            (1_500, JPY, "1500"),
            (-1_500, JPY, "-1500"),
            (1_234, KWD, "1.234"),
            (i64::MAX, Currency::EUR, "92233720368547758.07"),
        ] {
            let money = Money::new(minor, currency);
            assert_eq!(money.to_decimal(), text);
            assert_eq!(Money::parse_decimal(text, currency), Ok(money));
        }
    }

    #[test]
    fn rounding_goes_half_to_even_on_both_sides_of_zero() {
        for (numerator, denominator, rounded) in [
            (5, 2, 2),
            (7, 2, 4),
            (1, 2, 0),
            (3, 2, 2),
            (-1, 2, 0),
            (-3, 2, -2),
            (-5, 2, -2),
            (-7, 2, -4),
            (7, 3, 2),
            (8, 3, 3),
            (-7, 3, -2),
            (-8, 3, -3),
            (249, 100, 2),
            (251, 100, 3),
            (-249, 100, -2),
            (-251, 100, -3),
            (0, 1, 0),
            (i128::from(i64::MAX), 1, i64::MAX),
        ] {
            assert_eq!(
                round_half_even(Exact::new(numerator, denominator)),
                Ok(rounded),
                "{numerator}/{denominator}"
            );
        }
    }

    #[test]
    fn rounding_refuses_what_no_amount_holds_and_never_overflows() {
        let above = i128::from(i64::MAX) * 2 + 1;
        for exact in [
            Exact::new(above, 2),
            Exact::from_integer(i128::from(i64::MIN)),
            Exact::from_integer(i128::MAX),
            Exact::from_integer(i128::MIN),
        ] {
            assert_eq!(round_half_even(exact), Err(MoneyError::TooLarge));
        }
        assert_eq!(round_half_even(Exact::new(1, i128::MAX)), Ok(0));
        assert_eq!(round_half_even(Exact::new(i128::MAX - 1, i128::MAX)), Ok(1));
    }

    #[test]
    fn amounts_add_up_within_one_currency_only() {
        let euro = |minor| Money::new(minor, Currency::EUR);
        assert_eq!(euro(1).plus(euro(-3)), Ok(euro(-2)));
        assert_eq!(euro(i64::MAX).plus(euro(1)), Err(MoneyError::TooLarge));
        assert_eq!(euro(-i64::MAX).plus(euro(-1)), Err(MoneyError::TooLarge));
        assert_eq!(
            euro(1).plus(Money::zero(Currency::USD)),
            Err(MoneyError::CurrenciesDiffer)
        );
    }

    #[test]
    fn a_currency_is_three_letters_in_any_case() {
        assert_eq!(Currency::parse(" eur "), Ok(Currency::EUR));
        assert_eq!(format!("{} {:?}", Currency::GBP, Currency::USD), "GBP USD");
        assert_eq!("sek".parse::<Currency>(), Currency::parse("SEK"));
        for text in ["", "EU", "EURO", "E1R", "€€€", "ÄÖ"] {
            assert!(Currency::parse(text).is_err(), "{text:?}");
        }
        for code in OFFERED_CURRENCIES {
            let currency = Currency::parse(code).expect(code);
            assert_eq!(currency.minor_digits(), 2, "{code}: see parse_typed");
        }
    }

    #[test]
    fn a_rate_is_typed_in_per_cent() {
        for (text, share, percent) in [
            ("12.5", "0.125", "12.5"),
            ("12,5 %", "0.125", "12.5"),
            ("10%", "0.1", "10"),
            ("0", "0", "0"),
            ("100", "1", "100"),
            ("0.0001", "0.000001", "0.0001"),
            ("7.1000", "0.071", "7.1"),
        ] {
            let rate = Rate::parse_percent(text).expect(text);
            assert_eq!(rate.as_decimal().to_string(), share);
            assert_eq!(rate.to_percent(), percent);
        }
        for (text, code) in [
            ("", "rate-invalid"),
            ("ten", "rate-invalid"),
            ("1.234,5", "rate-invalid"),
            ("-1", "rate-out-of-range"),
            ("100.0001", "rate-out-of-range"),
            ("0.00001", "rate-too-fine"),
            ("0.0000000000000000000000000001", "rate-too-fine"),
        ] {
            assert_eq!(
                Rate::parse_percent(text).expect_err(text).code,
                code,
                "{text:?}"
            );
        }
    }

    #[test]
    fn rates_and_money_are_json_without_floats() {
        let rate = Rate::parse_percent("12.5").expect("a rate");
        assert_eq!(rate.exact(), Exact::new(1, 8));
        assert_eq!(serde_json::to_string(&rate).expect("json"), "\"0.125\"");
        assert_eq!(
            serde_json::from_str::<Rate>("\"0.125\"").expect("a rate"),
            rate
        );
        assert!(serde_json::from_str::<Rate>("0.125").is_err());
        assert!(serde_json::from_str::<Rate>("\"1.5\"").is_err());
        let money = Money::new(-5, Currency::EUR);
        let json = r#"{"minor":-5,"currency":"EUR"}"#;
        assert_eq!(serde_json::to_string(&money).expect("json"), json);
        assert_eq!(serde_json::from_str::<Money>(json).expect("money"), money);
    }
}
