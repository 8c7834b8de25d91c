"""The windows that hold everything else; they place parts and know no rule."""
