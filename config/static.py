"""Storage of static files in production."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


def _without_source_maps(patterns: tuple) -> tuple:
    return tuple(
        (
            files,
            tuple(
                rule
                for rule in rules
                if "sourceMappingURL" not in (rule if isinstance(rule, str) else rule[0])
            ),
        )
        for files, rules in patterns
    )


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed files. npm packages name source maps they do not ship; such references stay as they are."""

    patterns = _without_source_maps(CompressedManifestStaticFilesStorage.patterns)
