"""What the reader of YAML has to say, in English and Japanese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

YAML_SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    "not-utf8": (
        "The file is not UTF-8 text from here on; save it as UTF-8.",
        "ここから先がUTF-8の文字として読めません。UTF-8で保存してください。",
    ),
    "byte-order-mark": (
        "The file starts with a byte order mark; save it as UTF-8 without one.",
        "ファイルの先頭にBOM(バイト順マーク)があります。BOMなしのUTF-8で保存してください。",
    ),
    "control-character": (
        "The invisible character {character} is not allowed; remove it.",
        "目に見えない文字 {character} は使えません。取り除いてください。",
    ),
    "too-large": (
        "The file has {found} bytes; at most {limit} are read.",
        "ファイルの大きさが{found}バイトあります。読み込めるのは{limit}バイトまでです。",
    ),
    "too-deep": (
        "Values are nested more than {limit} levels deep here.",
        "ここで入れ子が{limit}段を超えています。",
    ),
    "too-many-nodes": (
        "The file holds more than {limit} keys and values.",
        "ファイルに含まれるキーと値が{limit}個を超えています。",
    ),
    "too-many-faults": (
        "There are further faults; only the first {limit} are shown.",
        "ほかにも誤りがあります。最初の{limit}件だけを示しています。",
    ),
    "empty-file": (
        "The file is empty.",
        "ファイルに内容がありません。",
    ),
    "syntax": (
        "This is not valid YAML here; check the indentation, quotes and brackets around this place.",
        "ここがYAMLとして読めません。前後の字下げ、引用符、かっこを確かめてください。",
    ),
    "syntax.tab": (
        "A tab cannot be used for indentation; use spaces.",
        "字下げにタブは使えません。空白を使ってください。",
    ),
    "syntax.character": (
        "A plain text cannot start with this character; put the text in quotes.",
        "引用符のない文字列は、この文字で始められません。文字列を引用符で囲んでください。",
    ),
    "syntax.colon": (
        "A colon followed by a space is not expected here; put the text in quotes, or check the indentation.",
        "ここにコロンと空白は置けません。文字列を引用符で囲むか、字下げを確かめてください。",
    ),
    "syntax.no-colon": (
        "A key without a colon; write `key: value`.",
        "キーの後にコロンがありません。「キー: 値」の形で書いてください。",
    ),
    "syntax.quote": (
        "The quoted text that starts here is never closed.",
        "ここで始まる引用符が閉じられていません。",
    ),
    "syntax.escape": (
        "An unknown escape in a double-quoted text; write \\\\ for a backslash, or use single quotes.",
        (
            "二重引用符の中に使えないエスケープがあります。バックスラッシュは \\\\ と書くか、"
            "一重引用符を使ってください。"
        ),
    ),
    "syntax.bracket": (
        "A bracket or brace is not closed, or a comma is missing.",
        "かっこが閉じられていないか、区切りのコンマが抜けています。",
    ),
    "syntax.indentation": (
        "The indentation does not fit the lines above.",
        "字下げが上の行と合っていません。",
    ),
    "duplicate-key": (
        'The key "{key}" is here a second time; the first is on line {line}.',
        "キー「{key}」が重複しています。最初の{line}行目と見比べて、どちらかを消してください。",
    ),
    "key-not-text": (
        "A key must be text; put it in quotes.",
        "キーは文字列でなければなりません。引用符で囲んでください。",
    ),
    "anchor": (
        'Anchors (&) are not allowed: write the text again where it is needed, in place of "&{name}".',
        "アンカー「&{name}」は使えません。必要な場所に同じ内容を書いてください。",
    ),
    "alias": (
        'Aliases (*) are not allowed: write the text itself in place of "*{name}".',
        "エイリアス「*{name}」は使えません。内容をそのまま書いてください。",
    ),
    "tag": (
        "Tags (!) are not allowed; if the text starts with an exclamation mark, put it in quotes.",
        "タグ「!」は使えません。感嘆符で始まる文字列は、引用符で囲んでください。",
    ),
    "merge-key": (
        "Merge keys (<<) are not allowed; write the keys themselves.",
        "マージキー「<<」は使えません。キーをそのまま書いてください。",
    ),
    "directive": (
        "Directives (%) are not allowed; every document is read as YAML 1.2.",
        "ディレクティブ「%」は使えません。文書はいつもYAML 1.2として読みます。",
    ),
    "many-documents": (
        "A file holds one document; remove this `---` and what follows, or move it to a file of its own.",
        "1つのファイルに書ける文書は1つです。この「---」から後を消すか、別のファイルに移してください。",
    ),
    "ambiguous-number": (
        (
            "Programs disagree on what {text} means; quote it if it is text, else write it as a plain "
            "decimal number."
        ),
        (
            "「{text}」は、読むプログラムによって値が変わります。文字列なら引用符で囲み、"
            "数値なら普通の10進数で書いてください。"
        ),
    ),
    "not-finite": (
        "{text} is not a number that can be counted with; quote it if it is text.",
        "「{text}」は計算に使える数値ではありません。文字列なら引用符で囲んでください。",
    ),
    "number-too-large": (
        (
            "The number {text} is too large or too long: at most 9007199254740991 and 15 digits after the "
            "point; quote it if it is a code."
        ),
        (
            "数値「{text}」が大きすぎるか、長すぎます。9007199254740991以下、"
            "小数点以下15桁以内にしてください。番号やコードなら引用符で囲んでください。"
        ),
    ),
}
