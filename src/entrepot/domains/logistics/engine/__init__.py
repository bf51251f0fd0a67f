"""The rules of logistics, pure: what freight costs, when goods arrive, how a parcel moves on."""
