"""The output formats by name: what `-o` accepts, and where the class of each is."""

from __future__ import annotations

from airflowctl.core.nouns import OUTPUT
from airflowctl.core.programs import find_extensions

# The only list of formats. A value is `module:Class`, as in an entry point: `core` imports nothing of
# `output`, and a run imports the class of the one format that it prints. Names of one format share a value.
FORMATS = {
    "table": "airflowctl.output.formats.aligned:Table",
    "wide": "airflowctl.output.formats.aligned:Wide",
    "plain": "airflowctl.output.formats.aligned:Plain",
    "tsv": "airflowctl.output.formats.lines:Tsv",
    "csv": "airflowctl.output.formats.lines:Csv",
    "markdown": "airflowctl.output.formats.markdown:Markdown",
    "json": "airflowctl.output.formats.documents:Json",
    "jsonl": "airflowctl.output.formats.documents:JsonLines",
    "ndjson": "airflowctl.output.formats.documents:JsonLines",
    "yaml": "airflowctl.output.formats.documents:Yaml",
    "name": "airflowctl.output.formats.lines:Name",
}
# What the same names mean in classic mode, in which there are no others.
CLASSIC_FORMATS = {
    "table": "airflowctl.output.formats.classic:ClassicTable",
    "json": "airflowctl.output.formats.classic:ClassicJson",
    "yaml": "airflowctl.output.formats.classic:ClassicYaml",
    "plain": "airflowctl.output.formats.classic:ClassicPlain",
}


def extension_formats() -> tuple[str, ...]:
    """Return the formats of plug-ins, by name; imports none of them."""
    extensions = find_extensions(OUTPUT)
    return tuple(sorted(extensions.known)) if extensions else ()
