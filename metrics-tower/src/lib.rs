//! metrics-tower
