"""The screens of Desk, built with Qt Widgets."""
