"""The demonstration hospital: people, rules and sixty days of work, made through the services.

Nothing here is a real person, firm or patient. It fills an empty database and nothing else.
"""
