//! Text as glyphs: the two fonts, what of a text can be printed, how wide it is, and where its lines break.
//!
//! The fonts hold every letter of the Latin, Greek and Cyrillic scripts. A letter of another script is printed as the sign for that ("�"), one for one:
//! a font for all of them would be twenty times as large, and the CSV and the JSON have the name as it is.

use std::sync::LazyLock;

use krilla::text::{Font, GlyphId, KrillaGlyph};
use rustybuzz::{Direction, UnicodeBuffer};
use unicode_segmentation::UnicodeSegmentation;

/// What stands for a letter that the fonts do not have.
const MISSING: char = '\u{fffd}';
const ELLIPSIS: char = '…';

/// A weight of the type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Regular,
    Bold,
}

impl Weight {
    fn face(self) -> &'static Face {
        match self {
            Self::Regular => &REGULAR,
            Self::Bold => &BOLD,
        }
    }

    pub fn font(self) -> Font {
        self.face().font.clone()
    }
}

struct Face {
    font: Font,
    shaper: rustybuzz::Face<'static>,
}

static REGULAR: LazyLock<Face> =
    LazyLock::new(|| Face::read(include_bytes!("fonts/NotoSans-Regular.ttf")));
static BOLD: LazyLock<Face> =
    LazyLock::new(|| Face::read(include_bytes!("fonts/NotoSans-Bold.ttf")));

impl Face {
    fn read(data: &'static [u8]) -> Self {
        Self {
            font: Font::new(data.into(), 0).expect("the file beside this one is a font"),
            shaper: rustybuzz::Face::from_slice(data, 0)
                .expect("the file beside this one is a font"),
        }
    }
}

/// One line of text, shaped.
#[derive(Clone, Debug)]
pub struct Run {
    pub text: String,
    pub weight: Weight,
    pub size: f32,
    /// With advances in parts of the size.
    pub glyphs: Vec<KrillaGlyph>,
    pub width: f32,
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    pub weight: Weight,
    pub size: f32,
}

impl Style {
    pub const fn regular(size: f32) -> Self {
        Self {
            weight: Weight::Regular,
            size,
        }
    }

    pub const fn bold(size: f32) -> Self {
        Self {
            weight: Weight::Bold,
            size,
        }
    }

    /// A text on one line; what does not fit is cut, and says so with an ellipsis.
    pub fn line(self, text: &str, width: f32) -> Run {
        let text = printable(text);
        let whole = self.shape(&text);
        if whole.width <= width {
            whole
        } else {
            self.cut(&text, width)
        }
    }

    /// A text on one line that must not be cut, such as an amount: set smaller where it does not fit.
    pub fn whole(mut self, text: &str, width: f32) -> Run {
        let text = printable(text);
        let run = self.shape(&text);
        if run.width <= width {
            return run;
        }
        self.size *= width / run.width;
        self.shape(&text)
    }

    /// A text on at most so many lines, broken between words and, where a word is too long, within it. The last line is cut if there is more.
    pub fn wrap(self, text: &str, width: f32, lines_max: usize) -> Vec<Run> {
        let mut rest = printable(text);
        let mut lines = Vec::new();
        while !rest.is_empty() {
            if lines.len() + 1 >= lines_max {
                lines.push(self.line(&rest, width));
                break;
            }
            let whole = self.shape(&rest);
            if whole.width <= width {
                lines.push(whole);
                break;
            }
            let end = self.fitting(&rest, width);
            // The blank at which the line breaks stays on it, so that whoever copies the text has it.
            lines.push(self.shape(&rest[..end]));
            rest = rest[end..].to_owned();
        }
        lines
    }

    /// How much of a text that is too long fits on a line, in bytes; never nothing.
    fn fitting(self, text: &str, width: f32) -> usize {
        let mut end = 0;
        for (blank, _) in text.match_indices(' ') {
            if self.shape(&text[..blank]).width > width {
                break;
            }
            end = blank + 1;
        }
        if end > 0 {
            return end;
        }
        let first_word = text.find(' ').map_or(text.len(), |blank| blank + 1);
        let letters = text[..first_word].grapheme_indices(true);
        let mut end = 0;
        for (start, letter) in letters {
            let next = start + letter.len();
            if end > 0 && self.shape(&text[..next]).width > width {
                break;
            }
            end = next;
        }
        end
    }

    fn cut(self, text: &str, width: f32) -> Run {
        let letters: Vec<&str> = text.graphemes(true).collect();
        // As many letters as fit: found by halves, for a name may be long and shaping is the work here.
        let (mut fits, mut too_many) = (0, letters.len());
        while too_many - fits > 1 {
            let middle = usize::midpoint(fits, too_many);
            if self.shape(&ended(&letters[..middle])).width <= width {
                fits = middle;
            } else {
                too_many = middle;
            }
        }
        self.shape(&ended(&letters[..fits]))
    }

    /// The glyphs of a printable text. Where the font has none for a letter, the sign for that stands in its place.
    fn shape(self, text: &str) -> Run {
        let run = self.shape_once(text);
        let missing: Vec<_> = run
            .glyphs
            .iter()
            .filter(|glyph| glyph.glyph_id.to_u32() == 0)
            .map(|glyph| glyph.text_range.clone())
            .collect();
        if missing.is_empty() {
            return run;
        }
        let replaced: String = text
            .char_indices()
            .map(|(place, c)| {
                if missing.iter().any(|range| range.contains(&place)) {
                    MISSING
                } else {
                    c
                }
            })
            .collect();
        self.shape_once(&replaced)
    }

    fn shape_once(self, text: &str) -> Run {
        let face = self.weight.face();
        let mut buffer = UnicodeBuffer::new();
        buffer.push_str(text);
        buffer.guess_segment_properties();
        // All that the fonts hold is written from left to right.
        buffer.set_direction(Direction::LeftToRight);
        let shaped = rustybuzz::shape(&face.shaper, &[], buffer);
        let (infos, positions) = (shaped.glyph_infos(), shaped.glyph_positions());
        #[expect(
            clippy::cast_precision_loss,
            reason = "advances are small whole numbers"
        )]
        let em = |units: i32| units as f32 / face.font.units_per_em();
        let mut glyphs = Vec::with_capacity(infos.len());
        let mut width = 0.0;
        for (place, (info, position)) in infos.iter().zip(positions).enumerate() {
            let start = info.cluster as usize;
            let end = infos[place..]
                .iter()
                .map(|later| later.cluster as usize)
                .find(|later| *later != start)
                .unwrap_or(text.len());
            width += em(position.x_advance) * self.size;
            glyphs.push(KrillaGlyph::new(
                GlyphId::new(info.glyph_id),
                em(position.x_advance),
                em(position.x_offset),
                em(position.y_offset),
                em(position.y_advance),
                start..end,
                None,
            ));
        }
        Run {
            text: text.to_owned(),
            weight: self.weight,
            size: self.size,
            glyphs,
            width,
        }
    }
}

fn ended(letters: &[&str]) -> String {
    let mut text = letters.concat();
    text.truncate(text.trim_end().len());
    text.push(ELLIPSIS);
    text
}

/// More than this never fits where it is printed, and shaping it all would be for nothing.
const CHARACTERS_MAX: usize = 1_000;

/// One line of what was typed: every blank is a space, and what nobody sees (controls, marks of direction, joiners) is gone. Spaces that must not break
/// stay what they are.
pub fn printable(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    for c in text.chars().take(CHARACTERS_MAX) {
        match c {
            '\u{a0}' | '\u{202f}' => line.push(c),
            // The fonts have no minus of their own; this one looks the same.
            '−' => line.push('–'),
            c if c.is_whitespace() || c.is_control() => {
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
            }
            c if is_invisible(c) => {}
            c if is_private(c) => line.push(MISSING),
            c => line.push(c),
        }
    }
    line.truncate(line.trim_end_matches(' ').len());
    line
}

/// Characters without a shape that steer how others are written, or none at all.
const fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}'..='\u{1160}' | '\u{17b4}'..='\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Characters that mean nothing outside one vendor's font, and codes that are no characters.
fn is_private(c: char) -> bool {
    matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}' | '\u{fdd0}'..='\u{fdef}')
        || (u32::from(c) & 0xfffe) == 0xfffe
}
