"""The conversation with those who answer surveys, most of them young: arriving to hearing back."""
