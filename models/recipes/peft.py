"""Writes an adapter and its head as PEFT does: adapter_config.json and adapter_model.safetensors."""
import json
import os

import tensors


def write(out, model, head, rank, alpha):
    os.makedirs(out, exist_ok=True)
    found = {}
    for name, projection in model.projections():
        found[f"base_model.model.{name}.lora_A.weight"] = projection.pair[0]
        found[f"base_model.model.{name}.lora_B.weight"] = projection.pair[1]
    found["base_model.model.score.weight"], found["base_model.model.score.bias"] = head.weight, head.bias
    tensors.write(os.path.join(out, "adapter_model.safetensors"), found)
    with open(os.path.join(out, "adapter_config.json"), "w", encoding="utf-8") as file:
        json.dump({
            "peft_type": "LORA", "task_type": "SEQ_CLS", "r": rank, "lora_alpha": alpha,
            "bias": "none", "fan_in_fan_out": False, "modules_to_save": ["score"], "inference_mode": True,
            "target_modules": sorted({name.split(".")[-1] for name, _ in model.projections()}),
        }, file, indent=2)
