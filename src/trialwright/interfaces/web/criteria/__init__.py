"""The criteria page: text and reading side by side, corrected and signed by whoever may."""
