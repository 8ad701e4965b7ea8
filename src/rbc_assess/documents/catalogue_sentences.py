"""What is said about files that do not fit together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

CATALOGUE_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "no-documents": (
        "There is no folder of documents here.",
        "ここに文書のフォルダーがありません。",
    ),
    "unreadable-file": (
        "The file cannot be read; check that it exists and may be read.",
        "ファイルを開けません。ファイルがあるか、読み取り権限があるかを確かめてください。",
    ),
    "unexpected-file": (
        "Nothing reads this file: an edition is named like 1.0.0.yaml, its translation like 1.0.0.vi.yaml.",
        "このファイルは読み込まれません。版は 1.0.0.yaml、翻訳は 1.0.0.vi.yaml のような名前にしてください。",
    ),
    "nothing-read": (
        "No document was read here: the folder holds none, or none where documents are looked for.",
        "ここでは文書が1つも読み込まれませんでした。文書がないか、決められた場所に置かれていません。",
    ),
    "nothing-read.file": (
        "This file was not checked: it does not lie where documents are looked for.",
        "このファイルは確認していません。文書の置き場所ではないところにあります。",
    ),
    "unknown-format": (
        'There is no format "{format}"; write one such as rbc-questionnaire/1.',
        "「{format}」という形式はありません。rbc-questionnaire/1 のように書いてください。",
    ),
    "path-mismatch": (
        'The file lies under "{expected}", but says "{found}" here; the two must agree.',
        "ファイルの場所は「{expected}」を示していますが、ここには「{found}」と書かれています。一致させてください。",
    ),
    "unknown-document": (
        'There is no edition "{name}" among the documents.',
        "「{name}」という版は文書の中にありません。",
    ),
    "draft-criteria": (
        "A published questionnaire cannot rest on {name}, which is a draft; publish that document first.",
        "{name} はまだ下書きです。公開する質問票では使えません。先にこの文書を公開してください。",
    ),
    "retired-criteria": (
        "{name} is retired; let the questionnaire rest on a published edition.",
        "{name} は使用を終えた版です。公開中の版を指定してください。",
    ),
    "version-taken": (
        "{name} is published and says something else; a change needs a new version.",
        "{name} はすでに別の内容で公開されています。変更は新しい版にしてください。",
    ),
    "unknown-old-question": (
        'The edition before, {edition}, has no question "{name}".',
        "前の版({edition})に「{name}」という設問はありません。",
    ),
    "unknown-old-option": (
        'In the edition before, {edition}, the question "{question}" has no option "{name}".',
        "前の版({edition})の設問「{question}」に「{name}」という選択肢はありません。",
    ),
    "nothing-to-migrate": (
        "This is the first edition: there are no answers of an earlier one that could be carried over.",
        "最初の版なので、引き継ぐ前の版の回答がありません。",
    ),
    "source-language": (
        "{language} is written in the document itself, not in a translation file.",
        "{language} は翻訳ファイルではなく、文書そのものに書いてください。",
    ),
    "unknown-text": (
        'The document has no text "{path}".',
        "文書に「{path}」という文はありません。",
    ),
    "supplement-to-nothing": (
        "There is no edition {name} that this could be asked with.",
        "{name} にあたる版がないため、一緒に尋ねる質問票がありません。",
    ),
    "supplement-to-such": (
        "{name} is a supplement itself, or asks workers: nothing is asked with it.",
        "{name} は追加の質問票か従業員への質問票なので、一緒に尋ねることはできません。",
    ),
    "supplement-of-other-criteria": (
        "{name} rests on another criteria document.",
        "{name} は別の基準文書を使っています。",
    ),
    "parameters-differ": (
        "The translation and the English text name different parameters: {names}.",
        "翻訳と英語の文とで、使っているパラメーターが違います:{names}",
    ),
    "avoided-word": (
        "The house style does not use “{word}”; write {write}.",
        "「{word}」は表記の決まりで使わない語です。{write}と書いてください。",
    ),
    "long-sentence": (
        "A sentence here has {count} characters, {longest} are the most; make two of it: {sentence}",
        "{count}文字の文があります。{longest}文字までにし、2つの文に分けてください:{sentence}",
    ),
    "stale-translation": (
        'The English text of "{path}" has changed since; translate it again and set source to "{mark}".',
        "翻訳の後で「{path}」の英語が変わりました。訳し直して、source を「{mark}」にしてください。",
    ),
}
