//! Layers by number: how code within a request finds the layer that measures it, though a scope has room for a byte only.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use fedimetrics_core::scope;

use crate::meters::Meters;

/// A layer's number is its place here, and one more. Locked once a layer and once a session.
static LAYERS: Mutex<Vec<Weak<Meters>>> = Mutex::new(Vec::new());

/// The number of a layer that is used for the first time; 0 where 255 are in use.
pub(crate) fn number(meters: &Arc<Meters>) -> u8 {
    let mut layers = LAYERS.lock().unwrap_or_else(PoisonError::into_inner);
    let own = Arc::downgrade(meters);
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
    layers.get(place)?.upgrade()
}

#[cfg(test)]
mod tests {
    use fedimetrics_core::Exporter;
    use fedimetrics_core::scope::Scope;

    use super::*;
    use crate::settings::Settings;

    fn meters(exporter: &Exporter) -> Arc<Meters> {
        Arc::new(Meters::new(exporter.sink(), Settings::default()))
    }

    #[test]
    fn a_layer_is_found_by_its_number_and_the_number_is_free_again_once_it_is_gone() {
        let exporter = Exporter::builder().build().unwrap();
        let layer = meters(&exporter);
        let number = layer.declared().unwrap().layer;
        let mut scope = Scope::request(None).of_layer(number);
        let _within = scope.enter();
        assert!(Arc::ptr_eq(&current().unwrap(), &layer));
        drop(layer);
        assert!(current().is_none());

        let many: Vec<_> = (0..300).map(|_| meters(&exporter)).collect();
        let numbers: Vec<_> = many
            .iter()
            .map(|layer| layer.declared().unwrap().layer)
            .collect();
        assert!(numbers.contains(&number), "it was given out anew");
        assert_eq!(numbers[299], 0, "more than there are numbers for");
    }

    #[test]
    fn outside_of_a_request_there_is_no_layer() {
        assert!(current().is_none());
    }
}
