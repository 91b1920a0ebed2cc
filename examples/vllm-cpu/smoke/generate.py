"""Generates text end to end with a tiny model, written on the spot: nothing is downloaded.

Two layers of Llama with random weights and no tokenizer, so tokens go in and tokens come out. What
they are does not matter; that they come shows that the engine, its worker process, the compiled
kernels and torch work together.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

CONFIG = {
    "architectures": ["LlamaForCausalLM"],
    "model_type": "llama",
    "hidden_act": "silu",
    "hidden_size": 256,
    "intermediate_size": 512,
    "max_position_embeddings": 256,
    "num_attention_heads": 4,
    "num_hidden_layers": 2,
    "num_key_value_heads": 4,
    "rms_norm_eps": 1e-5,
    "tie_word_embeddings": False,
    "torch_dtype": "float32",
    "vocab_size": 512,
    "bos_token_id": 1,
    "eos_token_id": 2,
}
PROMPT = [1, 5, 9, 13]
TOKENS = 8


def main() -> None:
    """Write the model, load it, and generate."""
    from vllm import LLM, SamplingParams  # noqa: PLC0415 - the engine's processes import this file

    with tempfile.TemporaryDirectory() as directory:
        Path(directory, "config.json").write_text(json.dumps(CONFIG), "utf-8")
        engine = LLM(
            model=directory,
            dtype="float32",  # what every processor has
            load_format="dummy",
            skip_tokenizer_init=True,
            enforce_eager=True,
            max_model_len=64,
        )
        sampling = SamplingParams(temperature=0, max_tokens=TOKENS, detokenize=False)
        (answer,) = engine.generate([{"prompt_token_ids": PROMPT}], sampling)
    tokens = list(answer.outputs[0].token_ids)
    if not tokens or not all(0 <= token < CONFIG["vocab_size"] for token in tokens):
        raise SystemExit(f"no tokens of the vocabulary came out: {tokens}")
    print(f"generated {tokens}")


if __name__ == "__main__":
    main()
