//! The words of a language: what a voice pack has a clip for, and what is written beside the microphone.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use khiw_domain::id::Language;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::languages;
use crate::phrase::{Called, phrase};

/// Longest name of a word, in characters.
const TOKEN_LENGTH_MAX: usize = 40;
/// What words of a site's own begin with.
const OWN: &str = "own-";

/// Names a word within its language, and the file of its clip: lower-case letters, digits and hyphens.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Token(Cow<'static, str>);

#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{0}` is no word's name: 1 to {TOKEN_LENGTH_MAX} lower-case letters, digits and hyphens")]
pub struct TokenError(String);

impl Token {
    pub(crate) const fn known(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// Of a text that only this site says: the same text has the same name everywhere.
    pub(crate) fn own(text: &str) -> Self {
        let hash = blake3::hash(text.as_bytes()).to_hex();
        Self(Cow::Owned(format!("{OWN}{}", &hash.as_str()[..12])))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether only some sites need it.
    pub fn is_own(&self) -> bool {
        self.0.starts_with(OWN)
    }
}

impl fmt::Display for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for Token {
    type Err = TokenError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let sound = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
        if (1..=TOKEN_LENGTH_MAX).contains(&text.len()) && text.bytes().all(sound) {
            Ok(Self(Cow::Owned(text.to_owned())))
        } else {
            Err(TokenError(text.chars().take(TOKEN_LENGTH_MAX).collect()))
        }
    }
}

impl TryFrom<String> for Token {
    type Error = TokenError;

    fn try_from(text: String) -> Result<Self, TokenError> {
        text.parse()
    }
}

impl From<Token> for String {
    fn from(token: Token) -> Self {
        token.0.into_owned()
    }
}

/// A word and its text in the language's own writing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub token: Token,
    pub text: Cow<'static, str>,
}

impl Word {
    pub(crate) const fn known(token: &'static str, text: &'static str) -> Self {
        Self { token: Token::known(token), text: Cow::Borrowed(text) }
    }

    pub(crate) fn own(text: &str) -> Self {
        Self { token: Token::own(text), text: Cow::Owned(text.to_owned()) }
    }
}

/// Every word that any hall needs in this language, in the order a speaker reads them.
pub fn vocabulary(language: Language) -> Vec<Word> {
    let tongue = languages::of(language);
    let letters = ('a'..='z').zip(tongue.letters);
    let letters = letters.map(|(letter, text)| Word {
        token: Token(Cow::Owned(format!("letter-{letter}"))),
        text: Cow::Borrowed(text),
    });
    tongue.words.iter().cloned().chain(letters).collect()
}

/// The words of a site's own that these calls need besides the [`vocabulary`]: place words and labels that are
/// neither numbers nor letters.
pub fn words_of<'a>(language: Language, calls: impl IntoIterator<Item = Called<'a>>) -> Vec<Word> {
    let mut own: Vec<Word> = Vec::new();
    for call in calls {
        for spoken in phrase(language, &call).spoken {
            if spoken.word.token.is_own() && !own.contains(&spoken.word) {
                own.push(spoken.word);
            }
        }
    }
    own
}
