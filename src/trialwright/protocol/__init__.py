"""The trial's promises as data: doses, cohorts, visits, endpoints, gate, criteria."""
