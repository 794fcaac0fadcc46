"""Who may be asked: the organisation, assignment, delegation and the separation of duties."""
