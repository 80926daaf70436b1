"""A BERT classifier with as many heads and neurons in each layer as Espalier has left there.

Parameters have the names of BertForSequenceClassification. A sublayer that has lost all its units is
its output projection's bias, followed by the residual connection and LayerNorm as ever. Reads no
file and opens no connection; needs torch and transformers (4.x or 5.x) only.
"""

import torch
from torch import nn
from torch.nn import functional
from transformers import PreTrainedModel
from transformers.modeling_outputs import SequenceClassifierOutput

from .configuration_espalier import EspalierBertConfig


class Projection(nn.Module):
    """The output projection of a sublayer, with its residual connection and LayerNorm."""

    def __init__(self, config, inputs):
        super().__init__()
        self.dense = nn.Linear(inputs, config.hidden_size) if inputs else Bias(config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, inner, residual):
        return self.LayerNorm(self.dropout(self.dense(inner)) + residual)


class Bias(nn.Module):
    """What is left of a projection without inputs."""

    def __init__(self, size):
        super().__init__()
        self.bias = nn.Parameter(torch.zeros(size))

    def forward(self, _):
        return self.bias


class SelfAttention(nn.Module):
    def __init__(self, config, heads):
        super().__init__()
        self.heads = heads
        self.width = config.hidden_size // config.num_attention_heads
        self.dropout = config.attention_probs_dropout_prob
        if heads:
            self.query = nn.Linear(config.hidden_size, heads * self.width)
            self.key = nn.Linear(config.hidden_size, heads * self.width)
            self.value = nn.Linear(config.hidden_size, heads * self.width)

    def forward(self, hidden, mask):
        if not self.heads:
            return None
        batch, length, _ = hidden.shape

        def split(linear):  # (B, T, N*w) -> (B, N, T, w)
            return linear(hidden).view(batch, length, self.heads, self.width).transpose(1, 2)

        context = functional.scaled_dot_product_attention(
            split(self.query),
            split(self.key),
            split(self.value),
            attn_mask=mask,
            dropout_p=self.dropout if self.training else 0.0,
        )
        return context.transpose(1, 2).reshape(batch, length, self.heads * self.width)


class Attention(nn.Module):
    def __init__(self, config, heads):
        super().__init__()
        self.self = SelfAttention(config, heads)
        self.output = Projection(config, heads * self.self.width)

    def forward(self, hidden, mask):
        return self.output(self.self(hidden, mask), hidden)


class Intermediate(nn.Module):
    def __init__(self, config, neurons):
        super().__init__()
        if neurons:
            self.dense = nn.Linear(config.hidden_size, neurons)

    def forward(self, hidden):
        return functional.gelu(self.dense(hidden)) if hasattr(self, "dense") else None


class Layer(nn.Module):
    def __init__(self, config, index):
        super().__init__()
        neurons = config.kept(index, "ffn")
        self.attention = Attention(config, config.kept(index, "attention"))
        self.intermediate = Intermediate(config, neurons)
        self.output = Projection(config, neurons)

    def forward(self, hidden, mask):
        hidden = self.attention(hidden, mask)
        return self.output(self.intermediate(hidden), hidden)


class Embeddings(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.word_embeddings = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position_embeddings = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type_embeddings = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.LayerNorm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, input_ids, token_type_ids):
        positions = torch.arange(input_ids.shape[1], device=input_ids.device)
        return self.dropout(
            self.LayerNorm(
                self.word_embeddings(input_ids)
                + self.token_type_embeddings(token_type_ids)
                + self.position_embeddings(positions)
            )
        )


class Encoder(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.layer = nn.ModuleList(Layer(config, i) for i in range(config.num_hidden_layers))


class Pooler(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.dense = nn.Linear(config.hidden_size, config.hidden_size)

    def forward(self, hidden):
        return torch.tanh(self.dense(hidden[:, 0]))


class Bert(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.embeddings = Embeddings(config)
        self.encoder = Encoder(config)
        self.pooler = Pooler(config)

    def forward(self, input_ids, attention_mask, token_type_ids):
        hidden = self.embeddings(input_ids, token_type_ids)
        mask = attention_mask[:, None, None, :].to(torch.bool)
        for layer in self.encoder.layer:
            hidden = layer(hidden, mask)
        return self.pooler(hidden)


class EspalierBertForSequenceClassification(PreTrainedModel):
    config_class = EspalierBertConfig
    base_model_prefix = "bert"

    def __init__(self, config):
        super().__init__(config)
        self.num_labels = config.num_labels
        self.bert = Bert(config)
        self.dropout = nn.Dropout(
            config.hidden_dropout_prob
            if config.classifier_dropout is None
            else config.classifier_dropout
        )
        self.classifier = nn.Linear(config.hidden_size, config.num_labels)
        self.post_init()

    def _init_weights(self, module):
        """Every parameter is in the file; nothing is made up."""

    def forward(self, input_ids, attention_mask=None, token_type_ids=None, labels=None, **_):
        if attention_mask is None:
            attention_mask = torch.ones_like(input_ids)
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        pooled = self.bert(input_ids, attention_mask, token_type_ids)
        logits = self.classifier(self.dropout(pooled))
        loss = None
        if labels is not None and self.num_labels == 1:
            loss = functional.mse_loss(logits.view(-1), labels.view(-1).to(logits.dtype))
        elif labels is not None:
            loss = functional.cross_entropy(logits, labels.view(-1))
        return SequenceClassifierOutput(loss=loss, logits=logits)
