//! Pages with what stands where on them, and how they become a PDF: marks are placed first and written in the end, when it is known how many pages
//! there are. What carries meaning is tagged, so that a screen reader reads it in order; the rest is decoration.
//!
//! The files are PDF/A-2a (to be kept for as long as the law asks) and PDF/UA-1 (accessible), which krilla checks while it writes. The same marks give
//! the same bytes.

use chrono::{Datelike, NaiveDate};
use krilla::{
    Document, SerializeSettings,
    color::rgb,
    configure::{Accessibility, Archival, ConfigurationBuilder},
    destination::XyzDestination,
    geom::{PathBuilder, Point, Rect},
    metadata::{DateTime, Metadata},
    num::NormalizedF32,
    outline::{Outline, OutlineNode},
    page::PageSettings,
    paint::{Fill, FillRule},
    surface::Surface,
    tagging::{
        Artifact, ArtifactType, ContentTag, Identifier, SpanTag, TagGroup, TagKind, TagTree,
    },
};

use crate::{DocumentError, text::Run};

/// A4 in points.
pub const WIDTH: f32 = 595.28;
pub const HEIGHT: f32 = 841.89;

/// Red, green, blue.
pub type Colour = (u8, u8, u8);

/// A place in the tree of meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Node(usize);

enum Mark {
    Text {
        place: Point,
        run: Run,
        colour: Colour,
        node: Option<Node>,
    },
    Area {
        area: Rect,
        colour: Colour,
    },
}

struct Branch {
    kind: TagKind,
    parent: Option<Node>,
}

/// What stands in the file beside its pages.
pub struct Properties {
    pub title: String,
    pub author: String,
    pub language: &'static str,
    pub made_on: Option<NaiveDate>,
}

/// The pages of a document, from the first on.
#[derive(Default)]
pub struct Sheet {
    pages: Vec<Vec<Mark>>,
    branches: Vec<Branch>,
    /// Heading, page, height.
    outline: Vec<(String, usize, f32)>,
}

impl Sheet {
    pub fn start_page(&mut self) {
        self.pages.push(Vec::new());
    }

    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// A part of the document, read after those that were added before it.
    pub fn add(&mut self, kind: impl Into<TagKind>, parent: Option<Node>) -> Node {
        self.branches.push(Branch {
            kind: kind.into(),
            parent,
        });
        Node(self.branches.len() - 1)
    }

    /// An entry of the table of contents that viewers show, at a height of the current page.
    pub fn add_to_outline(&mut self, heading: &str, y: f32) {
        let page = self.pages.len().saturating_sub(1);
        self.outline.push((heading.to_owned(), page, y));
    }

    /// A line of text with its left end at `x`, on the current page. Without a node it is decoration, such as a header that stands on every page.
    pub fn text(&mut self, node: Option<Node>, run: Run, (x, y): (f32, f32), colour: Colour) {
        let page = self.pages.len().saturating_sub(1);
        self.text_on(page, node, run, (x, y), colour);
    }

    /// The same on any page there is.
    pub fn text_on(
        &mut self,
        page: usize,
        node: Option<Node>,
        run: Run,
        (x, y): (f32, f32),
        colour: Colour,
    ) {
        let Some(marks) = self.pages.get_mut(page) else {
            return;
        };
        if !run.glyphs.is_empty() {
            marks.push(Mark::Text {
                place: Point::from_xy(x, y),
                run,
                colour,
                node,
            });
        }
    }

    /// A filled area from its upper left corner: a rule if it is low.
    pub fn area(&mut self, (x, y): (f32, f32), (width, height): (f32, f32), colour: Colour) {
        let page = self.pages.len().saturating_sub(1);
        let area = Rect::from_xywh(x, y, width, height);
        if let (Some(marks), Some(area)) = (self.pages.get_mut(page), area) {
            marks.push(Mark::Area { area, colour });
        }
    }

    /// The file.
    ///
    /// # Errors
    /// `Pdf` if it would not keep to its standards.
    pub fn write(self, properties: &Properties) -> Result<Vec<u8>, DocumentError> {
        let mut document = Document::new_with(settings()?);
        document.set_metadata(metadata(properties));
        let mut outline = Outline::new();
        for (heading, page, y) in &self.outline {
            let target = XyzDestination::new(*page, Point::from_xy(0.0, *y));
            outline.push_child(OutlineNode::new(heading.clone(), target));
        }
        document.set_outline(outline);
        let mut written: Vec<Vec<Identifier>> = vec![Vec::new(); self.branches.len()];
        for marks in &self.pages {
            let page_settings =
                PageSettings::from_wh(WIDTH, HEIGHT).expect("A4 has a width and a height");
            let mut page = document.start_page_with(page_settings);
            let mut surface = page.surface();
            for mark in marks {
                draw(&mut surface, mark, &mut written);
            }
            surface.finish();
            page.finish();
        }
        document.set_tag_tree(tag_tree(self.branches, written, properties.language));
        document
            .finish()
            .map_err(|error| DocumentError::Pdf(format!("{error} ({error:?})")))
    }
}

fn settings() -> Result<SerializeSettings, DocumentError> {
    let configuration = ConfigurationBuilder::new()
        .with_archival_validator(Archival::A2_A)
        .with_accessibility_validator(Accessibility::UA1)
        .finish()
        .map_err(|error| DocumentError::Pdf(format!("{error:?}")))?;
    Ok(SerializeSettings {
        configuration,
        ..SerializeSettings::default()
    })
}

fn metadata(properties: &Properties) -> Metadata {
    let date = properties.made_on.unwrap_or_default();
    let small = |number: u32| u8::try_from(number).unwrap_or(1);
    let made_on = DateTime::new(u16::try_from(date.year()).unwrap_or(1970))
        .month(small(date.month()))
        .day(small(date.day()));
    Metadata::new()
        .title(properties.title.clone())
        .authors(vec![properties.author.clone()])
        .language(properties.language.to_owned())
        .creation_date(made_on)
}

fn draw(surface: &mut Surface<'_>, mark: &Mark, written: &mut [Vec<Identifier>]) {
    match mark {
        Mark::Text {
            place,
            run,
            colour,
            node,
        } => {
            let content = match node {
                Some(_) => ContentTag::Span(SpanTag::empty()),
                None => ContentTag::Artifact(Artifact::with_kind(ArtifactType::PaginationOther)),
            };
            let identifier = surface.start_tagged(content);
            surface.set_fill(Some(fill(*colour)));
            let font = run.weight.font();
            surface.draw_glyphs(*place, &run.glyphs, font, &run.text, run.size, false);
            surface.end_tagged();
            if let Some(identifiers) = node.and_then(|node| written.get_mut(node.0)) {
                identifiers.push(identifier);
            }
        }
        Mark::Area { area, colour } => {
            let mut path = PathBuilder::new();
            path.push_rect(*area);
            let Some(path) = path.finish() else { return };
            let decoration = Artifact::with_kind(ArtifactType::Layout);
            surface.start_tagged(ContentTag::Artifact(decoration));
            surface.set_fill(Some(fill(*colour)));
            surface.draw_path(&path);
            surface.end_tagged();
        }
    }
}

fn fill((red, green, blue): Colour) -> Fill {
    Fill {
        paint: rgb::Color::new(red, green, blue).into(),
        opacity: NormalizedF32::ONE,
        rule: FillRule::NonZero,
    }
}

/// Children are added after their parents, so that from the last to the first each is whole before it is handed up.
fn tag_tree(
    branches: Vec<Branch>,
    written: Vec<Vec<Identifier>>,
    language: &'static str,
) -> TagTree {
    let parents: Vec<Option<Node>> = branches.iter().map(|branch| branch.parent).collect();
    let mut groups: Vec<Option<TagGroup>> = branches
        .into_iter()
        .zip(written)
        .map(|(branch, identifiers)| {
            let mut group = TagGroup::new(branch.kind);
            identifiers
                .into_iter()
                .for_each(|identifier| group.push(identifier));
            Some(group)
        })
        .collect();
    let mut children: Vec<Vec<TagGroup>> = parents.iter().map(|_| Vec::new()).collect();
    let mut roots = Vec::new();
    for place in (0..groups.len()).rev() {
        let Some(mut group) = groups[place].take() else {
            continue;
        };
        children[place]
            .drain(..)
            .rev()
            .for_each(|child| group.push(child));
        match parents[place] {
            Some(parent) => children[parent.0].push(group),
            None => roots.push(group),
        }
    }
    let mut tree = TagTree::new().with_lang(Some(language.to_owned()));
    roots.into_iter().rev().for_each(|group| tree.push(group));
    tree
}
