#!/usr/bin/env python3
"""Loads every form of published versions in Python runtimes and replays their self-checks.

    check_formats.py VERSION_DIRECTORY...

stock/ and onnx/ need nothing of Espalier's; slim/ is loaded with trust_remote_code. Each form is run
one input at a time and as one padded batch, and has to give the recorded logits to the recorded
tolerance. slim/ is also saved and loaded again, and the tokenizers of stock/ and slim/ have to read
texts as their tokenizer.json does. Needs transformers (4.x or 5.x) and torch;
onnxruntime for onnx/. Prints a line a form; ends with 1 if any differs.
"""

import json
import sys
import tempfile
from pathlib import Path

import torch
import transformers
from tokenizers import Tokenizer
from transformers import AutoConfig, AutoModelForSequenceClassification, AutoTokenizer


def padded(inputs):
    """All inputs as one batch: ids, attention mask, types."""
    longest = max(len(each["input_ids"]) for each in inputs)

    def fill(rows):
        return torch.tensor([row + [0] * (longest - len(row)) for row in rows])

    return {
        "input_ids": fill([each["input_ids"] for each in inputs]),
        "attention_mask": fill([[1] * len(each["input_ids"]) for each in inputs]),
        "token_type_ids": fill([each["token_type_ids"] for each in inputs]),
    }


def difference(run, check):
    """Largest difference of a logit, one by one and batched."""
    expected = torch.tensor(check["logits"])
    singles = torch.cat([run(padded([each])) for each in check["inputs"]])
    batch = run(padded(check["inputs"]))
    return max((singles - expected).abs().max().item(), (batch - expected).abs().max().item())


def in_torch(model):
    model.eval()

    def run(batch):
        with torch.no_grad():
            return model(**batch).logits

    return run


def in_onnx_runtime(file):
    import onnxruntime

    session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
    names = {each.name for each in session.get_inputs()}

    def run(batch):
        feed = {name: value.numpy() for name, value in batch.items() if name in names}
        return torch.tensor(session.run(["logits"], feed)[0])

    return run


def forms(version):
    """Each form's name with a function that loads it."""
    stock, slim, onnx = version / "stock", version / "slim", version / "onnx" / "model.onnx"
    load = AutoModelForSequenceClassification.from_pretrained
    if stock.is_dir():
        for attention in ("eager", "sdpa"):
            yield f"stock, {attention}", lambda: in_torch(
                load(stock, attn_implementation=attention)
            )
    yield "slim", lambda: in_torch(load(slim, trust_remote_code=True))

    def saved_again():
        with tempfile.TemporaryDirectory() as folder:
            load(slim, trust_remote_code=True).save_pretrained(folder)
            return in_torch(load(folder, trust_remote_code=True))

    yield "slim, saved and loaded", saved_again
    if onnx.is_file():
        try:
            import onnxruntime  # noqa: F401
        except ImportError:
            print("  onnx: NOT CHECKED, onnxruntime is not installed")
        else:
            yield "onnx", lambda: in_onnx_runtime(onnx)


def refused_without_trust(slim):
    """One clear refusal, and never a half-loaded model."""
    try:
        AutoModelForSequenceClassification.from_pretrained(slim, trust_remote_code=False)
    except (ValueError, KeyError) as refusal:
        return "trust_remote_code" in str(refusal) or "espalier_bert" in str(refusal)
    return False


def tokenizes(folder):
    """AutoTokenizer reads texts as tokenizer.json does, and can pad and cut."""
    tokenizer = AutoTokenizer.from_pretrained(folder, trust_remote_code=True)
    plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
    plain.no_padding()
    plain.no_truncation()
    texts = ["A fine film, w7 and all!", "Bad.", "w9 " * 10_000]
    batch = tokenizer(texts, padding=True, truncation=True)
    rows = [
        [token for token, real in zip(*row) if real]
        for row in zip(batch["input_ids"], batch["attention_mask"])
    ]
    return (
        all(row == plain.encode(text).ids for row, text in zip(rows, texts[:2]))
        and len(rows[2]) == tokenizer.model_max_length
        and len({len(row) for row in batch["input_ids"]}) == 1
    )


def main(versions):
    print(f"transformers {transformers.__version__}, torch {torch.__version__}")
    bad = 0
    for version in map(Path, versions):
        check = json.loads((version / "selfcheck.json").read_text())
        labels = len(check["logits"][0])
        print(version.name)
        for name, load in forms(version):
            worst = difference(load(), check)
            verdict = "ok" if worst <= check["tolerance"] else "DIFFERS"
            bad += verdict != "ok"
            print(f"  {name}: largest difference {worst:.1e}, {verdict}")
        for folder in (version / "stock", version / "slim"):
            if (folder / "tokenizer.json").is_file():
                good = tokenizes(folder)
                bad += not good
                print(f"  {folder.name}, tokenizer: {'ok' if good else 'DIFFERS'}")
        refused = refused_without_trust(version / "slim")
        bad += not refused
        print(f"  slim without trust: {'refused' if refused else 'NOT REFUSED'}")
        if (version / "stock").is_dir():
            config = AutoConfig.from_pretrained(version / "stock")
            bad += config.num_labels != labels
    if bad:
        print(f"{bad} checks failed")
    return 1 if bad else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1:]))
