//! Layers by number: how code within a request finds the layer that measures it, though a scope has room for a byte only.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use fedimetrics_core::scope;

use crate::meters::Meters;
use crate::shards::Shards;

/// A layer's number is its place here, and one more. Locked once a layer and once a session.
static LAYERS: Mutex<Vec<Weak<Shards>>> = Mutex::new(Vec::new());

/// The number of a layer that is used for the first time; 0 where 255 are in use.
pub(crate) fn number(layer: &Arc<Shards>) -> u8 {
    let mut layers = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    let own = Arc::downgrade(layer);
    let free = layers.iter().position(|known| known.strong_count() == 0);
    let place = free.unwrap_or(layers.len());
    let Ok(number) = u8::try_from(place + 1) else {
        return 0;
    };
    match layers.get_mut(place) {
        Some(slot) => *slot = own,
        None => layers.push(own),
    }
    number
}

/// The layer that measures the request that this thread is in.
pub(crate) fn current() -> Option<Arc<Meters>> {
    let place = usize::from(scope::layer()).checked_sub(1)?;
    let layers = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    let layer = layers.get(place)?.upgrade()?;
    drop(layers);
    Some(layer.mine().clone())
}

#[cfg(test)]
mod tests {
    use fedimetrics_core::Exporter;
    use fedimetrics_core::scope::Scope;

    use super::*;
    use crate::settings::Settings;

    fn layer(exporter: &Exporter) -> Arc<Shards> {
        Shards::new(exporter.sink(), Settings::default())
    }

    #[test]
    fn a_layer_is_found_by_its_number_and_the_number_is_free_again_once_it_is_gone() {
        let exporter = Exporter::builder().build().unwrap();
        let first = layer(&exporter);
        let number = first.mine().layer;
        let mut scope = Scope::request(None).of_layer(number);
        let _within = scope.enter();
        assert!(Arc::ptr_eq(&current().unwrap(), first.mine()));
        drop(first);
        assert!(current().is_none());

        let many: Vec<_> = (0..300).map(|_| layer(&exporter)).collect();
        let numbers: Vec<_> = many.iter().map(|layer| layer.mine().layer).collect();
        assert!(numbers.contains(&number), "it was given out anew");
        assert_eq!(numbers[299], 0, "more than there are numbers for");
    }

    #[test]
    fn outside_of_a_request_there_is_no_layer() {
        assert!(current().is_none());
    }
}
