"""Everything about one person, as files: a draft for an officer, and what is handed over.

The draft holds every text in full. Nothing of it is handed over before an officer has gone through
`texts.txt` (DPA 2018, Schedules 2 and 3): `data redact` makes the final files of it.
"""
