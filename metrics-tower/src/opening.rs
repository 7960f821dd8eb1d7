//! Opening: what is decided about a request when it comes in.

use fedimetrics_core::Name;
use fedimetrics_core::handles::Place;

use crate::asked::Asked;
use crate::meters::Meters;
use crate::method::Method;
use crate::route;
use crate::surface::{self, Rule, Surface};

/// What is decided about a request when it comes in.
pub(crate) struct Opening {
    pub(crate) method: Method,
    pub(crate) route: Place,
    pub(crate) name: Option<Name>,
    pub(crate) surface: Surface,
    pub(crate) wants_activity: bool,
}

impl Opening {
    /// `None` where the host does not want it to be measured.
    #[inline]
    pub(crate) fn of(meters: &Meters, asked: Asked<'_>) -> Option<Self> {
        if meters.settings.asks {
            return Self::asking(meters, asked);
        }
        Self::at(meters, asked, route::template(asked.extensions()))
    }

    /// The same, where the host has a word in it.
    #[cold]
    fn asking(meters: &Meters, asked: Asked<'_>) -> Option<Self> {
        let template = meters.settings.template(asked);
        let asked = asked.at(template);
        if meters.settings.skips(asked) {
            return None;
        }
        let mut opening = Self::at(meters, asked, template)?;
        if let Some(surface) = &meters.settings.surface {
            opening.surface = (surface.0)(asked);
        }
        Some(opening)
    }

    #[inline]
    fn at(meters: &Meters, asked: Asked<'_>, template: Option<&str>) -> Option<Self> {
        let method = meters.settings.methods.of(asked.method());
        let Some(template) = template else {
            return Some(Self {
                method,
                route: meters.unmatched(),
                name: None,
                surface: Surface::Unmatched,
                // An inner router may know better, later: only now can the headers be read.
                wants_activity: surface::wants_activity(asked.headers()),
            });
        };
        let place = meters.place(template);
        let route = meters.route(place)?;
        let rule = route.value().rule;
        let wants_activity = rule == Rule::Negotiated && surface::wants_activity(asked.headers());
        Some(Self {
            method,
            route: place,
            name: Some(route.name()),
            surface: rule.surface(method, wants_activity),
            wants_activity,
        })
    }
}
