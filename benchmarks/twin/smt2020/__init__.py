"""The HVLM fab of SMT2020: 1,443 tools, routes of 583 and 343 steps, 2,244 lots inside."""
