"""A small Llama-style decoder with the parameter names of Hugging Face's LlamaForCausalLM, and LoRA on its projections."""

import math

import torch
import torch.nn.functional as F
from torch import nn


class Shape:
    """Sizes of the decoder; `config()` is what config.json says about them."""

    def __init__(self, vocabulary=4096, hidden=384, layers=3, heads=6, kv_heads=2, head=64, inner=1024, context=512):
        self.vocabulary, self.hidden, self.layers, self.heads = vocabulary, hidden, layers, heads
        self.kv_heads, self.head, self.inner, self.context = kv_heads, head, inner, context
        self.theta, self.epsilon = 10000.0, 1e-5

    def config(self):
        return {
            "architectures": ["LlamaForCausalLM"], "model_type": "llama", "torch_dtype": "float32",
            "vocab_size": self.vocabulary, "hidden_size": self.hidden, "num_hidden_layers": self.layers,
            "num_attention_heads": self.heads, "num_key_value_heads": self.kv_heads, "head_dim": self.head,
            "intermediate_size": self.inner, "max_position_embeddings": self.context, "hidden_act": "silu",
            "rope_theta": self.theta, "rms_norm_eps": self.epsilon, "rope_scaling": None,
            "attention_bias": False, "mlp_bias": False, "tie_word_embeddings": True,
            "pad_token_id": 0, "bos_token_id": 1, "eos_token_id": 2,
        }


class Projection(nn.Linear):
    """A linear map without bias that can carry a LoRA pair: y = Wx + scale * B(Ax)."""

    def __init__(self, inputs, outputs):
        super().__init__(inputs, outputs, bias=False)
        nn.init.normal_(self.weight, std=0.02)
        self.pair, self.scale, self.dropout = None, 0.0, 0.0

    def adapt(self, rank, alpha, dropout):
        self.weight.requires_grad_(False)
        a = nn.Parameter(torch.empty(rank, self.in_features))
        nn.init.kaiming_uniform_(a, a=math.sqrt(5))
        b = nn.Parameter(torch.zeros(self.out_features, rank))
        self.pair = nn.ParameterList([a, b])
        self.scale, self.dropout = alpha / rank, dropout

    def forward(self, x):
        y = F.linear(x, self.weight)
        if self.pair is None:
            return y
        a, b = self.pair
        return y + self.scale * F.linear(F.linear(F.dropout(x, self.dropout, self.training), a), b)


class Norm(nn.Module):
    def __init__(self, size, epsilon):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(size)), epsilon

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.epsilon) * self.weight


def rotate(x, cosine, sine):
    """Half-rotation RoPE: the first half of a head's features is paired with the second half."""
    first, second = x.chunk(2, -1)
    return torch.cat([first * cosine - second * sine, second * cosine + first * sine], -1)


class Attention(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.shape = shape
        self.q_proj = Projection(shape.hidden, shape.heads * shape.head)
        self.k_proj = Projection(shape.hidden, shape.kv_heads * shape.head)
        self.v_proj = Projection(shape.hidden, shape.kv_heads * shape.head)
        self.o_proj = Projection(shape.heads * shape.head, shape.hidden)

    def forward(self, x, cosine, sine, mask):
        batch, length, _ = x.shape
        s = self.shape
        q = rotate(self.q_proj(x).view(batch, length, s.heads, s.head).transpose(1, 2), cosine, sine)
        k = rotate(self.k_proj(x).view(batch, length, s.kv_heads, s.head).transpose(1, 2), cosine, sine)
        v = self.v_proj(x).view(batch, length, s.kv_heads, s.head).transpose(1, 2)
        k, v = (t.repeat_interleave(s.heads // s.kv_heads, 1) for t in (k, v))
        scores = q @ k.transpose(2, 3) / math.sqrt(s.head) + mask
        mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(batch, length, s.heads * s.head)
        return self.o_proj(mixed)


class FeedForward(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.gate_proj = Projection(shape.hidden, shape.inner)
        self.up_proj = Projection(shape.hidden, shape.inner)
        self.down_proj = Projection(shape.inner, shape.hidden)

    def forward(self, x):
        return self.down_proj(F.silu(self.gate_proj(x)) * self.up_proj(x))


class Layer(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.self_attn, self.mlp = Attention(shape), FeedForward(shape)
        self.input_layernorm = Norm(shape.hidden, shape.epsilon)
        self.post_attention_layernorm = Norm(shape.hidden, shape.epsilon)

    def forward(self, x, cosine, sine, mask, drop):
        x = x + drop(self.self_attn(self.input_layernorm(x), cosine, sine, mask))
        return x + drop(self.mlp(self.post_attention_layernorm(x)))


class Body(nn.Module):
    def __init__(self, shape):
        super().__init__()
        self.embed_tokens = nn.Embedding(shape.vocabulary, shape.hidden)
        nn.init.normal_(self.embed_tokens.weight, std=0.02)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.layers))
        self.norm = Norm(shape.hidden, shape.epsilon)


class Llama(nn.Module):
    """ids [batch, length] -> hidden [batch, length, hidden] after the final norm. Pads lie on the right, so the
    causal mask alone keeps them away from every real position."""

    def __init__(self, shape):
        super().__init__()
        self.shape, self.model, self.dropout = shape, Body(shape), 0.0
        half = torch.arange(0, shape.head, 2).float() / shape.head
        angles = torch.arange(shape.context).float()[:, None] * shape.theta ** -half[None]
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, ids):
        length = ids.shape[1]
        mask = torch.full((length, length), float("-inf")).triu(1)
        drop = lambda t: F.dropout(t, self.dropout, self.training)
        x = drop(self.model.embed_tokens(ids))
        for layer in self.model.layers:
            x = layer(x, self.cosine[:length], self.sine[:length], mask, drop)
        return self.model.norm(x)

    def logits(self, hidden):
        return F.linear(hidden, self.model.embed_tokens.weight)

    def projections(self):
        return [(name, m) for name, m in self.named_modules() if isinstance(m, Projection)]
