import '../shared/tokens.css';
import '../shared/base.css';
