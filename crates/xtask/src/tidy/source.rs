//! One source file cut into code, text in quotes, and comments, line by line,
//! so that a rule about code is not tripped by a comment that names it. A small
//! scanner, not a parser: it must never need the code to compile.

/// Which quoting and comment rules hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Syntax {
    Rust,
    /// TypeScript, JavaScript, and the `<script>` of a Svelte file.
    Script,
    /// Only the raw text is looked at.
    Plain,
}

/// A file of the repository. `code` and `quoted` have the lines of `text`, with
/// everything that is not code (or not inside quotes) blanked.
#[derive(Debug)]
pub struct Source {
    /// From the repository's root, with `/`.
    pub path: String,
    pub text: String,
    pub code: String,
    pub quoted: String,
    pub syntax: Syntax,
    test_lines: Vec<bool>,
}

/// A function's name, the line it starts on (from 1), and how many lines it has.
#[derive(Debug, PartialEq, Eq)]
pub struct Function {
    pub name: String,
    pub line: usize,
    pub lines: usize,
}

impl Source {
    pub fn new(path: &str, text: String) -> Self {
        let syntax = match path.rsplit('.').next() {
            Some("rs") => Syntax::Rust,
            Some("ts" | "js" | "mjs" | "svelte") => Syntax::Script,
            _ => Syntax::Plain,
        };
        let scanned = if path.ends_with(".svelte") { only_scripts(&text) } else { text.clone() };
        let (code, quoted) = match syntax {
            Syntax::Plain => (String::new(), String::new()),
            _ => Cutter::cut(&scanned, syntax),
        };
        let mut source = Self { path: path.to_owned(), text, code, quoted, syntax, test_lines: Vec::new() };
        source.test_lines = source.find_test_lines();
        source
    }

    /// Whether this line (from 1) is compiled only for tests.
    pub fn is_test_line(&self, line: usize) -> bool {
        is_test_path(&self.path) || self.test_lines.get(line - 1).copied().unwrap_or(false)
    }

    /// Every function with its length, closures and nested ones inside their owner.
    pub fn functions(&self) -> Vec<Function> {
        match self.syntax {
            Syntax::Rust => self.rust_functions(),
            Syntax::Script => self.script_functions(),
            Syntax::Plain => Vec::new(),
        }
    }

    fn find_test_lines(&self) -> Vec<bool> {
        let mut lines = vec![false; self.text.lines().count()];
        if self.syntax != Syntax::Rust {
            return lines;
        }
        for (at, attribute) in self.code.match_indices("#[cfg(test)]") {
            let rest = at + attribute.len();
            let Some(open) = self.code[rest..].find(['{', ';']).map(|i| rest + i) else { continue };
            if self.code.as_bytes()[open] == b';' {
                continue;
            }
            let Some(close) = closing(&self.code, open) else { continue };
            for line in line_of(&self.code, at)..=line_of(&self.code, close) {
                if let Some(marked) = lines.get_mut(line - 1) {
                    *marked = true;
                }
            }
        }
        lines
    }

    fn rust_functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for at in words(&self.code, "fn") {
            let rest = &self.code[at + 2..];
            let name: String = rest.trim_start().chars().take_while(|c| is_word(*c)).collect();
            if name.is_empty() {
                continue; // `fn(…)` as a type
            }
            let Some(open) = body(&self.code, at) else { continue };
            found.extend(self.function(name, at, open));
        }
        found
    }

    fn script_functions(&self) -> Vec<Function> {
        let mut found = Vec::new();
        for at in words(&self.code, "function") {
            let name: String = self.code[at + 8..].trim_start().chars().take_while(|c| is_word(*c)).collect();
            let Some(open) = body(&self.code, at) else { continue };
            found.extend(self.function(name, at, open));
        }
        for (at, arrow) in self.code.match_indices("=>") {
            let open = at + arrow.len() + leading_space(&self.code[at + arrow.len()..]);
            let line = self.line_text(at);
            // A `describe` holds stories; it is a chapter, not a function.
            if self.code.as_bytes().get(open) != Some(&b'{') || line.contains("describe(") {
                continue;
            }
            found.extend(self.function(arrow_name(line), at, open));
        }
        found
    }

    fn function(&self, name: String, at: usize, open: usize) -> Option<Function> {
        let close = closing(&self.code, open)?;
        let line = line_of(&self.code, at);
        let lines = line_of(&self.code, close) - line + 1;
        Some(Function { name, line, lines })
    }

    fn line_text(&self, at: usize) -> &str {
        let start = self.code[..at].rfind('\n').map_or(0, |i| i + 1);
        let end = self.code[at..].find('\n').map_or(self.code.len(), |i| at + i);
        &self.code[start..end]
    }
}

/// Whether a file is only for tests or shows use, by where it stands.
pub fn is_test_path(path: &str) -> bool {
    path.starts_with("tests/")
        || ["/tests/", "/testing/", "/examples/"].iter().any(|folder| path.contains(folder))
        || ["/tests.rs", ".spec.ts", ".test.ts", ".test.mjs"].iter().any(|end| path.ends_with(end))
}

/// Places where `word` stands by itself.
pub fn words<'a>(code: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    code.match_indices(word).map(|(at, _)| at).filter(move |at| {
        let before = code[..*at].chars().next_back();
        let after = code[at + word.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    })
}

/// The line (from 1) of a byte offset.
pub fn line_of(text: &str, at: usize) -> usize {
    text[..at].matches('\n').count() + 1
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

fn leading_space(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

fn arrow_name(line: &str) -> String {
    let name = line.split('=').next().unwrap_or_default().trim();
    let name = name.trim_start_matches("export ").trim_start_matches("const ");
    let name: String = name.chars().take_while(|c| is_word(*c)).collect();
    if name.is_empty() { "(arrow)".to_owned() } else { name }
}

/// The `{` that opens the body of the function starting at `at`; none for a declaration.
fn body(code: &str, at: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(at) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b'{' if depth == 0 => return Some(offset),
            b';' if depth == 0 => return None,
            _ => {}
        }
    }
    None
}

/// The `}` that belongs to the `{` at `open`.
fn closing(code: &str, open: usize) -> Option<usize> {
    let mut depth = 0_i32;
    for (offset, byte) in code.bytes().enumerate().skip(open) {
        match byte {
            b'{' => depth += 1,
            b'}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(offset);
        }
    }
    None
}

/// Blanks the markup of a Svelte file: an apostrophe in a sentence is no quote.
fn only_scripts(text: &str) -> String {
    let mut inside = false;
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let starts = line.trim_start().starts_with("<script");
        inside = inside && !line.trim_start().starts_with("</script");
        if inside {
            kept.push_str(line);
        }
        kept.push('\n');
        inside = inside || starts;
    }
    kept
}

/// Walks the bytes once, copying each to code, to quoted text, or to neither.
struct Cutter<'a> {
    bytes: &'a [u8],
    at: usize,
    code: Vec<u8>,
    quoted: Vec<u8>,
    syntax: Syntax,
}

impl<'a> Cutter<'a> {
    fn cut(text: &'a str, syntax: Syntax) -> (String, String) {
        let bytes = text.as_bytes();
        let mut cutter = Self { bytes, at: 0, code: vec![], quoted: vec![], syntax };
        while cutter.at < bytes.len() {
            cutter.step();
        }
        let text_of = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        (text_of(cutter.code), text_of(cutter.quoted))
    }

    fn step(&mut self) {
        let rest = &self.bytes[self.at..];
        match rest[0] {
            b'/' if rest.starts_with(b"//") => self.blank(until(rest, b"\n")),
            b'/' if rest.starts_with(b"/*") => self.blank(block_comment(rest, self.syntax)),
            b'"' => self.quote(quoted_len(rest, b'"')),
            b'\'' if self.syntax == Syntax::Rust => match char_literal(rest) {
                Some(length) => self.quote(length),
                None => self.keep(1), // a lifetime
            },
            b'\'' | b'`' if self.syntax == Syntax::Script => self.quote(quoted_len(rest, rest[0])),
            b'/' if self.syntax == Syntax::Script && self.regex_may_start() => {
                self.quote(regex_len(rest));
            }
            b'r' if self.syntax == Syntax::Rust && !self.in_word() => match raw_string(rest) {
                Some(length) => self.quote(length),
                None => self.keep(1),
            },
            _ => self.keep(1),
        }
    }

    /// Inside an identifier, except for the `b` or `c` that may stand before `r"`.
    fn in_word(&self) -> bool {
        let word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'_';
        match self.code.as_slice() {
            [.., before, b'b' | b'c'] => word(*before),
            [.., b'b' | b'c'] | [] => false,
            [.., last] => word(*last),
        }
    }

    fn regex_may_start(&self) -> bool {
        let before = self.code.iter().rev().find(|byte| !byte.is_ascii_whitespace());
        before.is_none_or(|byte| b"(,=:[!&|?{};".contains(byte))
    }

    fn keep(&mut self, length: usize) {
        self.push(length, true, false);
    }

    fn quote(&mut self, length: usize) {
        self.push(length, false, true);
    }

    fn blank(&mut self, length: usize) {
        self.push(length, false, false);
    }

    fn push(&mut self, length: usize, code: bool, quoted: bool) {
        let end = (self.at + length.max(1)).min(self.bytes.len());
        for &byte in &self.bytes[self.at..end] {
            let or_blank = |keep: bool| if keep || byte == b'\n' { byte } else { b' ' };
            self.code.push(or_blank(code));
            self.quoted.push(or_blank(quoted));
        }
        self.at = end;
    }
}

fn until(rest: &[u8], end: &[u8]) -> usize {
    rest.windows(end.len()).position(|window| window == end).unwrap_or(rest.len())
}

fn block_comment(rest: &[u8], syntax: Syntax) -> usize {
    let mut depth = 0_usize;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") && (depth == 0 || syntax == Syntax::Rust) {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    rest.len()
}

fn quoted_len(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < rest.len() && rest[at] != quote {
        at += if rest[at] == b'\\' { 2 } else { 1 };
    }
    at + 1
}

fn char_literal(rest: &[u8]) -> Option<usize> {
    if rest.get(1) == Some(&b'\\') {
        return Some(quoted_len(rest, b'\''));
    }
    // One character of up to four bytes, then the closing quote; otherwise a lifetime.
    let text = std::str::from_utf8(&rest[1..rest.len().min(5)]);
    let valid = match text {
        Ok(text) => text,
        Err(error) => std::str::from_utf8(&rest[1..=error.valid_up_to()]).unwrap_or_default(),
    };
    let first = valid.chars().next()?.len_utf8();
    (rest.get(1 + first) == Some(&b'\'')).then_some(first + 2)
}

fn raw_string(rest: &[u8]) -> Option<usize> {
    let hashes = rest[1..].iter().take_while(|byte| **byte == b'#').count();
    if rest.get(1 + hashes) != Some(&b'"') {
        return None;
    }
    let mut end = vec![b'"'];
    end.extend(std::iter::repeat_n(b'#', hashes));
    let body = 2 + hashes;
    Some(body + until(&rest[body..], &end) + end.len())
}

fn regex_len(rest: &[u8]) -> usize {
    let mut at = 1;
    let mut in_class = false;
    while at < rest.len() && (rest[at] != b'/' || in_class) {
        match rest[at] {
            b'\n' => return 1, // a division after all
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            _ => {}
        }
        at += 1;
    }
    at + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rust(text: &str) -> Source {
        Source::new("crates/x/src/a.rs", text.to_owned())
    }

    #[test]
    fn comments_and_quotes_are_not_code() {
        let source =
            rust("let a = \"axum\"; // axum\n/* axum /* axum */ */ let b = r#\"ax\"um\"#; tokio();\n");
        assert!(!source.code.contains("axum"), "{}", source.code);
        assert!(source.code.contains("tokio()"), "{}", source.code);
        assert!(source.quoted.contains("axum") && source.quoted.contains("ax\"um"), "{}", source.quoted);
    }

    #[test]
    fn lifetimes_are_code_and_characters_are_not() {
        let source =
            rust("fn f<'a>(x: &'a str) { x.split('\"').find('{'); x.find('\\''); x.find('ก'); y() }\n");
        assert!(source.code.contains("<'a>"), "{}", source.code);
        assert!(source.code.contains("y() }"), "{}", source.code);
        assert_eq!(source.functions().len(), 1);
    }

    #[test]
    fn a_byte_string_and_an_identifier_ending_in_r_are_told_apart() {
        let source = rust("let x = br\"raw }\"; for r in bar { } let y = b\"}\"; z()\n");
        assert!(source.code.contains("z()"), "{}", source.code);
        assert!(!source.code.contains("raw"), "{}", source.code);
    }

    #[test]
    fn lines_of_a_test_module_are_test_lines() {
        let source = rust("fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\nfn c() {}\n");
        let marked: Vec<_> = (1..=6).map(|line| source.is_test_line(line)).collect();
        assert_eq!(marked, [false, true, true, true, true, false]);
    }

    #[test]
    fn functions_are_measured_from_signature_to_closing_brace() {
        let source = rust("trait T { fn d(&self); }\nfn long(\n    a: [u8; 2],\n) -> fn(u8) {\n    a;\n}\n");
        assert_eq!(source.functions(), [Function { name: "long".into(), line: 2, lines: 5 }]);
    }

    #[test]
    fn arrows_and_functions_of_a_script_are_measured() {
        let text = "const go = () => {\n  `${1}}`;\n};\nfunction stop() { return /}/.test('}'); }\n";
        let source = Source::new("ui-kit/src/a.ts", text.to_owned());
        let names: Vec<_> = source.functions().into_iter().map(|f| (f.name, f.lines)).collect();
        assert_eq!(names, [("stop".to_owned(), 1), ("go".to_owned(), 3)]);
    }

    #[test]
    fn only_the_script_of_a_svelte_file_is_code() {
        let text =
            "<p>don't { </p>\n<script lang=\"ts\">\n  const a = () => {\n  };\n</script>\n<b>it's</b>\n";
        let source = Source::new("kiosk-ui/src/App.svelte", text.to_owned());
        assert_eq!(source.functions().len(), 1);
        assert!(!source.code.contains("don"));
    }
}
