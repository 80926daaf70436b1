"""Configuration of a BERT classifier that Espalier has pruned.

An ordinary BERT configuration with one block more, ``espalier``: for each sublayer (attention and
feed-forward of layer 0, then of layer 1, ...) the ids of the heads or neurons that are left.
"""

from transformers import BertConfig


class EspalierBertConfig(BertConfig):
    model_type = "espalier_bert"

    def __init__(self, espalier=None, **kwargs):
        super().__init__(**kwargs)
        self.espalier = espalier or {"sublayers": []}

    def kept(self, layer, kind):
        """Number of heads (kind 'attention') or neurons (kind 'ffn') that a layer keeps."""
        rows = self.espalier["sublayers"]
        if not rows:
            return self.num_attention_heads if kind == "attention" else self.intermediate_size
        row = rows[2 * layer + (kind == "ffn")]
        if row["kind"] != kind:
            raise ValueError(f"espalier.sublayers: expected {kind} of layer {layer}, found {row['id']}")
        return len(row["kept"])
