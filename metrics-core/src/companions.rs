//! Companions: what all who record to one place share, and is no number.

use std::any::{Any, TypeId};
use std::sync::{Arc, Mutex, PoisonError};

/// One value of each type that was asked for. They are few, and asked for where handles are resolved.
#[derive(Debug, Default)]
pub(crate) struct Companions(Mutex<Vec<(TypeId, Arc<dyn Any + Send + Sync>)>>);

impl Companions {
    pub(crate) const fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// The one of this type, made if there is none.
    pub(crate) fn get<T: Any + Send + Sync + Default>(&self) -> Arc<T> {
        let made = Arc::new(T::default());
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all
            .iter()
            .find(|(id, _)| *id == TypeId::of::<T>())
            .and_then(|(_, known)| known.clone().downcast::<T>().ok());
        if let Some(known) = known {
            return known;
        }
        all.push((TypeId::of::<T>(), made.clone()));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_of_each_type() {
        let companions = Companions::new();
        let (text, number) = (companions.get::<String>(), companions.get::<u64>());
        assert!(Arc::ptr_eq(&text, &companions.get()));
        assert!(Arc::ptr_eq(&number, &companions.get()));
        assert!(!Arc::ptr_eq(&text, &Companions::new().get()));
    }
}
