"""Customs papers: a commercial invoice for each dataset of a parcel that crosses a border."""
