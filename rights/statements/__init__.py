"""The one home of WeasyPrint: statements become PDF here and nowhere else."""
