"""A month of a hospital that never was, walked through the services: does all of it hold together,
and to the cent?
"""
