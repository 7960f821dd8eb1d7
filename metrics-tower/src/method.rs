//! Method: the word of a request's method, out of a bounded list. No stranger adds to it.

/// What stands for a method that is not in the list.
const OTHER: &str = "_OTHER";

/// How many words there can be, [`OTHER`] included.
pub(crate) const CAP: usize = 16;

/// A request's method, folded to what is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Method {
    place: u8,
    verb: Verb,
}

/// The methods that mean something to this crate, under whatever word they are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Verb {
    Other,
    Post,
    Head,
    Connect,
}

impl Method {
    /// OpenTelemetry's words, and QUERY.
    pub(crate) const WORDS: &'static [&'static str] = &[
        "GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH", "QUERY",
        OTHER,
    ];

    #[cfg(test)]
    pub(crate) const GET: Self = Self::new(0, Verb::Other);
    #[cfg(test)]
    pub(crate) const POST: Self = Self::new(2, Verb::Post);

    const fn new(place: u8, verb: Verb) -> Self {
        Self { place, verb }
    }

    pub(crate) const fn index(self) -> usize {
        self.place as usize
    }

    pub(crate) const fn is_post(self) -> bool {
        matches!(self.verb, Verb::Post)
    }

    /// A 200 to it has a body: to HEAD it has none, and to CONNECT it is another protocol.
    pub(crate) const fn has_body(self) -> bool {
        matches!(self.verb, Verb::Other | Verb::Post)
    }

    pub(crate) const fn is_head(self) -> bool {
        matches!(self.verb, Verb::Head)
    }

    pub(crate) const fn is_connect(self) -> bool {
        matches!(self.verb, Verb::Connect)
    }
}

/// The list. Without one of the host's own it is [`Method::WORDS`].
#[derive(Clone, Debug, Default)]
pub(crate) struct Methods(Option<Box<[http::Method]>>);

/// The list that is [`Method::WORDS`].
pub(crate) static STANDARD: Methods = Methods(None);

impl Methods {
    /// These and no others; whatever is past the cap is left out.
    pub(crate) fn known(methods: impl IntoIterator<Item = http::Method>) -> Self {
        Self(Some(methods.into_iter().take(CAP - 1).collect()))
    }

    pub(crate) const fn is_default(&self) -> bool {
        self.0.is_none()
    }

    #[inline]
    pub(crate) fn of(&self, method: &http::Method) -> Method {
        if self.is_default() && *method == http::Method::GET {
            return Method::new(0, Verb::Other);
        }
        self.search(method)
    }

    fn search(&self, method: &http::Method) -> Method {
        let verb = match *method {
            http::Method::POST => Verb::Post,
            http::Method::HEAD => Verb::Head,
            http::Method::CONNECT => Verb::Connect,
            _ => Verb::Other,
        };
        let place = match &self.0 {
            Some(known) => known
                .iter()
                .position(|known| known == method)
                .unwrap_or(known.len()),
            None => Method::WORDS
                .iter()
                .position(|known| *known == method.as_str())
                .unwrap_or(Method::WORDS.len() - 1),
        };
        Method::new(place as u8, verb)
    }

    /// The label value.
    pub(crate) fn word(&self, method: Method) -> &str {
        match &self.0 {
            Some(known) => known
                .get(method.index())
                .map_or(OTHER, http::Method::as_str),
            None => Method::WORDS.get(method.index()).unwrap_or(&OTHER),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn word(methods: &Methods, method: &str) -> String {
        let method = http::Method::from_bytes(method.as_bytes()).unwrap();
        methods.word(methods.of(&method)).to_owned()
    }

    #[test]
    fn a_made_up_method_is_other() {
        for (method, expected) in [
            ("GET", "GET"),
            ("QUERY", "QUERY"),
            ("get", "_OTHER"),
            ("BREW", "_OTHER"),
            ("_OTHER", "_OTHER"),
        ] {
            assert_eq!(word(&Methods::default(), method), expected);
        }
        assert_eq!(Methods::default().of(&http::Method::GET), Method::GET);
        assert_eq!(Methods::default().of(&http::Method::POST), Method::POST);
    }

    #[test]
    fn a_list_of_the_hosts_own_is_all_there_is() {
        let methods = Methods::known(["PROPFIND", "GET"].map(|word| word.parse().unwrap()));
        assert_eq!(word(&methods, "PROPFIND"), "PROPFIND");
        assert_eq!(word(&methods, "GET"), "GET");
        assert_eq!(word(&methods, "HEAD"), "_OTHER");
    }

    #[test]
    fn a_method_keeps_its_meaning_under_any_word() {
        for methods in [Methods::default(), Methods::known([http::Method::GET])] {
            assert!(methods.of(&http::Method::HEAD).is_head());
            assert!(methods.of(&http::Method::CONNECT).is_connect());
            assert!(methods.of(&http::Method::POST).is_post());
        }
    }

    #[test]
    fn a_list_is_bounded() {
        let many = (0..100).map(|n| format!("M{n}").parse().unwrap());
        let methods = Methods::known(many);
        assert_eq!(word(&methods, "M14"), "M14");
        assert_eq!(word(&methods, "M15"), "_OTHER");
        assert!(methods.of(&"M99".parse().unwrap()).index() < CAP);
    }
}
