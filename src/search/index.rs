//! The index on disk, and its one writer.

use super::SearchError;
use super::cut::Cut;
use super::find::Finder;
use crate::domain::{ConversationId, Time};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use tantivy::directory::MmapDirectory;
use tantivy::indexer::{IndexWriterOptions, LogMergePolicy};
use tantivy::schema::{
    FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions,
};
use tantivy::tokenizer::TextAnalyzer;
use tantivy::{IndexReader, IndexWriter, ReloadPolicy, TantivyDocument, Term};

/// The form of the index: how texts are cut, and which fields there are. An index of another form
/// is made again.
const FORM: u32 = 2;
/// What the writer may keep in memory before it goes to disk, in bytes; the least tantivy takes.
const HEAP: usize = 15_000_000;
/// A part with more of its documents deleted than this is rewritten, so that what was erased does
/// not stay on disk.
const MOST_DELETED: f32 = 0.2;

/// What is known of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// Which.
    pub id: ConversationId,
    /// When its newest message was written.
    pub at: Time,
    /// Its texts, the names of those who wrote them, its labels.
    pub texts: Vec<String>,
}

/// How far the index has come; kept in it with each commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// [`FORM`] of the program that wrote it.
    form: u32,
    /// All that the store had up to this revision is in, as far as it was built.
    pub through: u64,
    /// How many changes of texts are in.
    #[serde(default)]
    pub texts: u64,
    /// Conversations from this number on are in; `None` = all of them.
    pub from: Option<u64>,
    /// Nothing of erasures up to this number is in its files.
    #[serde(default)]
    pub purged: u64,
}

impl Kept {
    /// So far.
    pub fn new(through: u64, texts: u64, from: Option<u64>) -> Kept {
        Kept { form: FORM, through, texts, from, purged: 0 }
    }

    /// The same, with nothing of erasures up to this number in its files.
    #[must_use]
    pub fn purged(self, purged: u64) -> Kept {
        Kept { purged, ..self }
    }
}

/// The fields of a document.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fields {
    pub id: Field,
    pub at: Field,
    pub words: Field,
}

/// An open index with its writer.
pub struct Index {
    writer: IndexWriter,
    reader: IndexReader,
    fields: Fields,
    kept: Kept,
}

fn schema() -> (Schema, Fields) {
    let mut schema = Schema::builder();
    // Positions, because a Chinese word is a row of pairs.
    let cut = TextFieldIndexing::default()
        .set_tokenizer("desk")
        .set_index_option(IndexRecordOption::WithFreqsAndPositions)
        .set_fieldnorms(false);
    let fields = Fields {
        id: schema.add_u64_field("id", INDEXED | FAST),
        at: schema.add_i64_field("at", FAST),
        words: schema.add_text_field("words", TextOptions::default().set_indexing_options(cut)),
    };
    (schema.build(), fields)
}

impl Index {
    /// Up to which erasure nothing is left in the files of a folder's index; `None` = there is none
    /// that can be read.
    pub fn purged_in(folder: &Path) -> Option<u64> {
        let index = tantivy::Index::open_in_dir(folder).ok()?;
        let kept: Kept = serde_json::from_str(&index.load_metas().ok()?.payload?).ok()?;
        Some(kept.purged)
    }

    /// Opens what is there. `None` = there is none, or one of another form, or it cannot be read:
    /// then it is to be made again.
    ///
    /// # Errors
    /// When it is there and whole, and cannot be written.
    pub fn open(folder: &Path) -> Result<Option<Index>, SearchError> {
        let (schema, fields) = schema();
        let Ok(index) = tantivy::Index::open_in_dir(folder) else { return Ok(None) };
        let kept = index.load_metas().ok().and_then(|meta| meta.payload);
        let kept: Option<Kept> = kept.and_then(|text| serde_json::from_str(&text).ok());
        match kept.filter(|kept| kept.form == FORM && index.schema() == schema) {
            Some(kept) => match Index::on(&index, fields, kept) {
                Ok(index) => Ok(Some(index)),
                Err(e) if is_damage(&e) => Ok(None),
                Err(e) => Err(e.into()),
            },
            None => Ok(None),
        }
    }

    /// Makes an empty one; whatever was there is removed.
    ///
    /// # Errors
    /// When the folder cannot be emptied or written.
    pub fn create(folder: &Path, kept: Kept) -> Result<Index, SearchError> {
        let failed = |e: std::io::Error| SearchError(format!("{}: {e}", folder.display()));
        match fs::remove_dir_all(folder) {
            Err(e) if e.kind() != ErrorKind::NotFound => return Err(failed(e)),
            _ => {}
        }
        fs::create_dir_all(folder).map_err(failed)?;
        let (schema, fields) = schema();
        let directory = MmapDirectory::open(folder).map_err(tantivy::TantivyError::from)?;
        let index = tantivy::Index::builder().schema(schema).open_or_create(directory)?;
        let mut index = Index::on(&index, fields, kept)?;
        index.commit(kept)?;
        Ok(index)
    }

    fn on(index: &tantivy::Index, fields: Fields, kept: Kept) -> tantivy::Result<Index> {
        index.tokenizers().register("desk", TextAnalyzer::from(Cut));
        let options = IndexWriterOptions::builder()
            .memory_budget_per_thread(HEAP)
            .num_worker_threads(1)
            .num_merge_threads(1)
            .build();
        let writer: IndexWriter = index.writer_with_options(options)?;
        let mut merging = LogMergePolicy::default();
        merging.set_del_docs_ratio_before_merge(MOST_DELETED);
        writer.set_merge_policy(Box::new(merging));
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Index { writer, reader, fields, kept })
    }

    /// How far it has come.
    pub fn kept(&self) -> Kept {
        self.kept
    }

    /// Takes a conversation in, in place of what was known of it.
    ///
    /// # Errors
    /// When the writer has failed.
    pub fn put(&mut self, document: &Document) -> Result<(), SearchError> {
        self.remove(document.id);
        self.put_new(document)
    }

    /// Takes in a conversation that is not in yet.
    ///
    /// # Errors
    /// When the writer has failed.
    pub fn put_new(&mut self, document: &Document) -> Result<(), SearchError> {
        let mut of = TantivyDocument::default();
        of.add_u64(self.fields.id, document.id.0);
        of.add_i64(self.fields.at, document.at.0);
        for text in &document.texts {
            of.add_text(self.fields.words, text);
        }
        self.writer.add_document(of)?;
        Ok(())
    }

    /// Forgets a conversation.
    pub fn remove(&mut self, id: ConversationId) {
        self.writer.delete_term(Term::from_field_u64(self.fields.id, id.0));
    }

    /// Makes all of it durable and found.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn commit(&mut self, kept: Kept) -> Result<(), SearchError> {
        let text = serde_json::to_string(&kept).map_err(|e| SearchError(e.to_string()))?;
        let mut commit = self.writer.prepare_commit()?;
        commit.set_payload(&text);
        commit.commit()?;
        self.kept = kept;
        self.reader.reload()?;
        Ok(())
    }

    /// Writes every part anew of which documents were deleted: until then their words stay in its
    /// files. Commit first.
    ///
    /// # Errors
    /// When a part cannot be written; the index is as it was committed.
    pub fn purge(&mut self) -> Result<(), SearchError> {
        /// A part may be under way to be joined with others: then it is looked for again.
        const TRIES: usize = 50;
        for n in 0..TRIES {
            let parts = self.writer.index().searchable_segment_metas()?;
            let dirty: Vec<_> =
                parts.iter().filter(|p| p.num_deleted_docs() > 0).map(|p| p.id()).collect();
            let Some(first) = dirty.first() else { break };
            if let Err(e) = self.writer.merge(&[*first]).wait() {
                if n + 1 == TRIES {
                    return Err(e.into());
                }
                std::thread::sleep(std::time::Duration::from_millis(100));
            }
        }
        // Whoever reads holds the old files until then.
        self.reader.reload()?;
        self.writer.garbage_collect_files().wait()?;
        Ok(())
    }

    /// Reads it, from any thread.
    pub fn finder(&self) -> Finder {
        Finder::new(self.reader.clone(), self.fields)
    }

    /// Waits for what tidies up in the background, and closes.
    ///
    /// # Errors
    /// When that failed; the index is as it was committed.
    pub fn close(self) -> Result<(), SearchError> {
        self.writer.wait_merging_threads()?;
        Ok(())
    }
}

/// Whether an error says that the files are not what they should be.
fn is_damage(e: &tantivy::TantivyError) -> bool {
    use tantivy::TantivyError as E;
    !matches!(e, E::LockFailure(..) | E::IoError(_) | E::SystemError(_))
}
