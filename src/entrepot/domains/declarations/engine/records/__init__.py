"""Electronic declarations as data: which sets a parcel needs, their fields filled from its dataset, checked, written out.

The forms are rows (`refdata/record_sets/*.yaml`): the authority's fields, what of ours fills each, and its rule.
"""
